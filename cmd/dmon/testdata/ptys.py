"""Terminals for the scripts, without a shell unless one is asked for. Every wait is
for the event itself; LIMIT only bounds a failure."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import traceback

LIMIT = 30
started = []


def fail(what):
    print("FAIL:", what)
    traceback.print_stack(file=sys.stdout)
    for t in started:
        print(subprocess.run(["ps", "-s", str(t.pid), "-o", "pid,ppid,pgid,tpgid,stat,args"], capture_output=True, text=True).stdout)
        print("--- on the terminal of", t.argv, "\n" + t.out.decode(errors="replace"))
        try:
            os.kill(t.pid, signal.SIGKILL)
        except OSError:
            pass
    sys.stdout.flush()
    os._exit(1)


def wait_for(condition, what, but=()):
    """Wait until condition() is true, meanwhile reading the terminals."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            fail("waited in vain for " + what)
        for t in started:
            t.read()
        select.select([], [], [], 0.02)


def check(true, what):
    if not true:
        fail(what)


def words(path):
    """The words of a file, none while it is not there."""
    try:
        with open(path) as f:
            return f.read().split()
    except OSError:
        return []


def number(path):
    """The number in a file, which is waited for."""
    wait_for(lambda: words(path), path)
    return int(words(path)[0])


def state(pid):
    """The letter of /proc/PID/stat, '' when it is gone."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def gone(pid):
    return state(pid) in ("", "Z", "X")


class Terminal:
    """A new terminal with argv as the leader of its session."""

    def __init__(self, *argv, env=None):
        self.argv, self.out, self.seen, self.open = argv, b"", 0, True
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for s in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
                signal.signal(s, signal.SIG_DFL)
            os.execvpe(argv[0], argv, dict(os.environ, TERM="xterm", **(env or {})))
        started.append(self)

    def read(self):
        while self.open and select.select([self.fd], [], [], 0)[0]:
            try:
                text = os.read(self.fd, 65536)
            except OSError:
                return  # nobody has it open on the other side
            if not text:
                return
            self.out += text

    def want(self, text):
        """Wait for text after what was waited for before."""
        text = text.encode()
        wait_for(lambda: text in self.out[self.seen:], repr(text))
        self.seen = self.out.index(text, self.seen) + len(text)

    def lacks(self, text):
        self.read()
        check(text.encode() not in self.out, "%r is on the terminal" % text)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def insist(self, keys, condition, what):
        """Type keys until condition() is true: a program that sets up its terminal
        forgets what was typed before."""
        def again():
            if not condition():
                self.type(keys)
            return condition()
        wait_for(again, what)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def in_front(self, pid):
        """Wait until the group of pid is in the foreground."""
        wait_for(lambda: os.tcgetpgrp(self.fd) == os.getpgid(pid), "process %d in front" % pid)

    def hang_up(self):
        self.read()
        os.close(self.fd)
        self.open = False

    def end(self):
        """Wait for the end of argv: a negative number is a signal."""
        got = []

        def ended():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                got.append(os.waitstatus_to_exitcode(status))
            return pid
        wait_for(ended, "the end of %s" % (self.argv,))
        self.read()
        started.remove(self)
        return got[0]


class Shell(Terminal):
    """An interactive bash."""

    def __init__(self):
        super().__init__("bash", "--norc", "--noprofile", "--noediting", "-i",
                         env={"PS1": ">>> ", "HISTFILE": "/dev/null"})
        self.want(">>> ")
        self.run("stty -echo")

    def line(self, text):
        self.type(text + "\r")

    def prompt(self):
        self.want(">>> ")

    def run(self, text):
        self.line(text)
        self.prompt()

    def status(self, n):
        self.line("echo status=$?=")
        self.want("status=%d=" % n)
        self.prompt()
