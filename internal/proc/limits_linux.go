package proc

import "golang.org/x/sys/unix"

// Resources that x/sys does not name.
const (
	rlimitLocks      = 10
	rlimitSigpending = 11
	rlimitMsgqueue   = 12
	rlimitNice       = 13
	rlimitRtprio     = 14
	rlimitRttime     = 15
)

// LimitNames are the limits that can be set, in the order of their names.
var LimitNames = []LimitName{
	{"core", unix.RLIMIT_CORE, Bytes, "size of a core file"},
	{"cpu", unix.RLIMIT_CPU, Seconds, "processor time"},
	{"data", unix.RLIMIT_DATA, Bytes, "data segment"},
	{"files", unix.RLIMIT_NOFILE, Count, "open files"},
	{"fsize", unix.RLIMIT_FSIZE, Bytes, "size of a written file"},
	{"locks", rlimitLocks, Count, "file locks"},
	{"mlock", unix.RLIMIT_MEMLOCK, Bytes, "locked memory"},
	{"msgq", rlimitMsgqueue, Bytes, "POSIX message queues"},
	{"nice", rlimitNice, Count, "20 less the best niceness allowed"},
	{"nproc", unix.RLIMIT_NPROC, Count, "processes of the user"},
	{"rss", unix.RLIMIT_RSS, Bytes, "resident memory (without effect on Linux)"},
	{"rtprio", rlimitRtprio, Count, "real-time priority"},
	{"rttime", rlimitRttime, Microseconds, "real-time processor time without a pause"},
	{"sigpending", rlimitSigpending, Count, "queued signals"},
	{"stack", unix.RLIMIT_STACK, Bytes, "stack"},
	{"vmem", unix.RLIMIT_AS, Bytes, "address space"},
}
