# F57: what the owner of a directory puts at the names of COMMAND's files is not
# opened with rights that he does not have. What is root's alone, is as before.
. "$LIB"
row F57 'planted at --stdin, --stdout, --stderr'
chmod 711 .
mkdir -m 700 private
mkdir foo his
mkdir -m 1777 open
mkdir -m 775 shared
chown 65534 foo
chgrp 65533 shared
N="setpriv --reuid 65534 --regid 65534 --clear-groups"
S="setpriv --reuid 65534 --regid 65533 --clear-groups"
secret=$PWD/private/secret
fresh() {
	rm -rf foo/* private/* open/* shared/* out.*
	(umask 077 && echo secret >private/secret)
}
untouched() {
	equal "$(stat -c '%U %a %h' private/secret)" "root 600 ${2-1}" "the file of root ($1)"
	equal "$(cat private/secret)" secret "what it holds ($1)"
	equal "$(ls private)" secret "what is beside it ($1)"
}

# With a user of its own the command opens them by itself.
for target in secret new; do
	for option in --stdout --stderr; do
		fresh
		$N ln -s "$PWD/private/$target" foo/out
		ends_with 125 dmon -n -m 0 $option foo/out -u 65534 sh -c 'echo mine; echo mine >&2' 2>err >&2
		has err 'permission denied'
		untouched "$option at a link to $target"
	done
done
fresh
$N ln -s "$secret" foo/in
ends_with 125 dmon -n -m 0 --stdin foo/in -u 65534 cat >out.1 2>err
$N ln -s "$PWD/private" foo/sub
ends_with 125 dmon -n -m 0 --stdin foo/sub/secret -u 65534 cat >>out.1 2>err
ln private/secret foo/hard
ends_with 125 dmon -n -m 0 --stdin foo/hard -u 65534 cat >>out.1 2>err
ends_with 125 dmon -n -m 0 --stdout foo/hard -u 65534 echo mine 2>err
equal "$(cat out.1)" "" "what the command read"
untouched 'links' 2

# Between two runs, as the command itself may do it.
fresh
status dmon -n -m 1 --backoff 0 --stdout foo/out -u 65534 sh -c 'echo run $DMON_RUN; ln -sf "$1" foo/out' sh "$secret" 2>err
equal $rc 125 "the status of a run that cannot open its file"
untouched 'between runs'

# What is his he may have: created as his own, and led where he can go himself.
fresh
$N mkdir foo/sub
$N ln -s sub foo/way
ends_with 0 dmon -n -m 1 --stdout foo/way/out --stderr foo/err -u 65534 sh -c 'echo one; echo two >&2'
equal "$(cat foo/sub/out)" $'one\none' "the file behind his link"
equal "$(stat -c %u foo/sub/out foo/err)" $'65534\n65534' "the owner of a new file in his directory"
ends_with 0 dmon -n -m 0 --stdout foo/both -e -u 65534 sh -c 'echo one; echo two >&2'
equal "$(cat foo/both)" $'one\ntwo' "both streams in one file"
ends_with 0 dmon -n -m 0 -r files=4 --stdin foo/both --stdout foo/few --stderr foo/err -u 65534 /bin/cat
equal "$(cat foo/few)" $'one\ntwo' "with few descriptors"

# Where root alone decides, root's rights open, as always.
(umask 077; echo input >private/in)
ends_with 0 dmon -n -m 0 --stdin private/in --stdout private/out -u 65534 cat
equal "$(cat private/out)" input "the file in a private directory"
equal "$(stat -c %u private/out)" 0 "its owner"
ln -s private/out link
ends_with 0 dmon -n -m 0 --stdout link -u 65534 echo more
equal "$(cat private/out)" $'input\nmore' "the file behind a link of root's"
ends_with 0 dmon -n -m 0 --stdout /dev/stderr -u 65534 echo there 2>err
equal "$(cat err)" there "/dev/stderr"
ends_with 0 dmon -n -m 0 --stdin /dev/null --stdout /dev/null -u 65534 true

# Directories that others may write to are used, and what they put there is not.
for d in open shared; do
	fresh
	ends_with 0 dmon -n -m 1 --stdout $d/out -u 65534 echo one
	equal "$(cat $d/out)" $'one\none' "the file in a directory that is $d"
	equal "$(stat -c %u $d/out)" 0 "its owner"
	$S ln -s "$secret" $d/link
	ln private/secret $d/hard
	for f in link hard; do
		ends_with 125 dmon -n -m 0 --stdout $d/$f -u 65534 echo mine 2>err
		ends_with 125 dmon -n -m 0 --stdin $d/$f -u 65534 cat 2>err
		untouched "$d/$f" 2
	done
	$S sh -c "echo his >$d/his; chmod 600 $d/his"
	ends_with 0 dmon -n -m 0 --stdout $d/his -u 65534 echo mine
	equal "$(cat $d/his)" $'his\nmine' "a file of the command's own"
done
(umask 077; echo moved >shared/moved)
ends_with 125 dmon -n -m 0 --stdin shared/moved -u 65534 cat 2>err >out.1
equal "$(cat out.1)" "" "a file of root's where others can move it"

# Without a user of its own it has dmon's rights, and what was planted is refused.
fresh
$N ln -s "$secret" foo/out
ln private/secret foo/hard
$N ln -s "$PWD/private" foo/sub
for f in out hard sub/secret sub/new; do
	for option in --stdin --stdout --stderr; do
		ends_with 125 dmon -n -m 0 $option foo/$f sh -c 'echo mine; echo mine >&2; cat' 2>err >out.1
		has err 'somebody else could have put another file'
		untouched "$option foo/$f" 2
	done
done
ends_with 0 dmon -n -m 1 --stdout foo/fine echo one
equal "$(cat foo/fine)" $'one\none' "the file in another's directory"
$N mkfifo foo/fifo
ends_with 0 dmon -n -m 0 --stdout foo/fifo echo through &
dmon=$!
equal "$(cat foo/fifo)" through "a FIFO of his"
joined $dmon 0
ends_with 125 dmon -n -m 0 --stdout 'foo/no/such' true 2>err
has err 'cannot open "foo/no/such": no such file or directory'
