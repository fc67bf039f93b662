// Package logfile keeps a file of lines that is rotated, renamed by others,
// compressed and pruned, and loses none.
//
// A File is where lines go. It finds out when its name has come to stand for
// another file, gives itself a new name when it is full, and knows, alone, how
// it ends: with a whole line, within one that goes on, or torn. What to do about
// a failure is its user's to say. Old files are looked after in the background.
//
// What is in the directory after the process was killed, and who mends it; S is
// a time of rotation. No step takes a line away that is not elsewhere by then.
//
//	killed                             on the disk                  mended by
//	after directories were made        they, and no FILE            the next Open
//	within write(2)                    a line without its end       the next File.Continue, with what is missing; else a
//	                                                                newline before the next line, of whichever process
//	after write, before the name was   lines in a file that others  nobody needs to: they were not taken from the input,
//	looked at                          renamed or removed           and are written again
//	before the fsync was over          lines that power can take    the same
//	after the rename, before the new   FILE.S, no FILE              the next Open, with the rights of FILE.S
//	file has its name
//	without O_TMPFILE: after the new   FILE, empty, mode 600        nobody: less can be read than before, not more
//	file is there, before its rights
//	while compressing                  FILE.S; without O_TMPFILE    the next sweep: removes FILE.S.gz.tmp, begins anew
//	                                   FILE.S.gz.tmp
//	after FILE.S.gz has its name       FILE.S and FILE.S.gz, whole  the next sweep of one who compresses: compares the
//	                                   and on the disk              two and removes FILE.S
//	after the power failed while       the same, or FILE.S alone    the same: FILE.S goes after a sync of both the file
//	compressing                                                     and the directory
//	while pruning                      fewer old files              the next sweep
package logfile
