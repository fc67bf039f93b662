package supervise

import "testing"

// What follows too many failures where dmon stays: it counts anew.
func TestAfterGiveUp(t *testing.T) {
	runPlays(t, []play{
		{name: "hold, until somebody wants it", options: "--give-up 2/1m --after-give-up hold", told: true, lines: `
			5s   exit cmd 10 3  -> tell cmd exit 10 768, start cmd 2
			5s   up cmd 11      -> tell cmd start 11
			9s   exit cmd 11 3  -> tell cmd exit 11 768, tell cmd give-up, tell cmd down
			9s   due never
			1h   bring up       -> start cmd 3
			1h   up cmd 12      -> tell cmd start 12
			1h2s exit cmd 12 3  -> tell cmd exit 12 768, start cmd 4
			1h2s up cmd 13      -> tell cmd start 13
			1h4s exit cmd 13 3  -> tell cmd exit 13 768, tell cmd give-up, tell cmd down
			2h   stop TERM      -> tell cmd leave, finish 3`},
		{name: "a restart wants it, too", options: "--give-up 1/1m --after-give-up hold", lines: `
			5s   exit cmd 10 3  ->
			6s   restart request -> start cmd 2`},
		{name: "a while", options: "--give-up 2/1m --after-give-up 5m", told: true, lines: `
			5s   exit cmd 10 3  -> tell cmd exit 10 768, start cmd 2
			5s   up cmd 11      -> tell cmd start 11
			9s   exit cmd 11 3  -> tell cmd exit 11 768, tell cmd give-up, tell cmd delay 5m0s
			5m9s tick           -> start cmd 3
			5m9s up cmd 12      -> tell cmd start 12
			5m20s exit cmd 12 3 -> tell cmd exit 12 768, start cmd 4`},
		{name: "a while that somebody cuts short", options: "--give-up 1/1m --after-give-up 5m", lines: `
			5s   exit cmd 10 3  ->
			6s   bring up       -> start cmd 2
			6s   up cmd 11      ->
			7s   bring up       ->
			8s   exit cmd 11 3  ->
			9s   restart request -> start cmd 3`},
		{name: "a delay that is not for that is not cut short", options: "--give-up 9/1m --after-give-up 5m", lines: `
			500ms exit cmd 10 3 ->
			1s   bring up       ->
			1500ms tick         -> start cmd 2`},
		{name: "down while it rests", options: "--give-up 1/1m --after-give-up 5m", told: true, lines: `
			5s   exit cmd 10 3  -> tell cmd exit 10 768, tell cmd give-up, tell cmd delay 5m0s
			6s   down           -> tell cmd down
			6s   due never
			9s   bring up       -> start cmd 2`},
		{name: "the backoff begins anew", options: "--give-up 2/1m --after-give-up 5m", lines: `
			0s   exit cmd 10 3  ->
			1s   tick           -> start cmd 2
			1s   up cmd 11      ->
			1s   exit cmd 11 3  ->
			5m1s tick           -> start cmd 3
			5m1s up cmd 12      ->
			5m1s exit cmd 12 3  ->
			5m2s tick           -> start cmd 4`},
		{name: "-m counts what comes after a while", options: "--give-up 1/1m --after-give-up 5m -m 1", lines: `
			5s   exit cmd 10 3  ->
			5m5s tick           -> start cmd 2
			5m5s up cmd 11      ->
			5m9s exit cmd 11 4  -> finish 4`},
		{name: "a success ends it with -1", options: "--give-up 1/1m --after-give-up hold -1", lines: `
			5s   exit cmd 10 3  ->
			6s   bring up       -> start cmd 2
			6s   up cmd 11      ->
			7s   exit cmd 11 0  -> finish 0`},
		{name: "a first start that fails ends all", options: "--give-up 1/1m --after-give-up hold", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			0s   broken cmd 10 127 -> finish 127`},
		{name: "a closed gate", options: "--give-up 1/1m --after-give-up 1m", lines: `
			5s   exit cmd 10 3  ->
			6s   gate closed    ->
			1m5s tick           ->
			2m   gate open      -> start cmd 2`},
		{name: "of what cannot be ended there is no second", options: "--give-up 1/1m --after-give-up hold -t 5s -k 1s", told: true, lines: `
			5s   tick           -> tell cmd timeout 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			6s   tick           -> send cmd tree 9, tell cmd signal 10 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> tell cmd abandon 1
			11s  due never
			20s  exit cmd 10 sig9 -> tell cmd exit 10 9, tell cmd give-up, tell cmd down`},
		{name: "the log command: hold", options: "--give-up 2/1m --after-give-up hold -- log", told: true, lines: `
			5s   exit log 20 1  -> tell log exit 20 256, start log 2
			5s   up log 21      -> tell log start 21
			9s   exit log 21 1  -> tell log exit 21 256, tell log give-up, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			9s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd down
			9s   due never
			1h   bring up       -> start log 3, start cmd 2
			1h   up log 22      -> tell log start 22
			1h   up cmd 11      -> tell cmd start 11`},
		{name: "the log command: leaving meanwhile it reads what is there", options: "--give-up 1/1m --after-give-up hold -- log", lines: `
			9s   exit log 20 1  -> send cmd tree 15 +cont
			9s   exit cmd 10 0  ->
			1h   stop TERM      -> close pipe
			1h   drained 5      -> start log 2
			1h   up log 21      ->
			1h   exit log 21 0 unread 0 -> finish 0`},
		{name: "the log command: a while", options: "--give-up 1/1m --after-give-up 5m -- log", lines: `
			9s   exit log 20 1  ->
			5m9s tick           -> start log 2
			5m9s up log 21      ->
			5m20s exit log 21 1 ->
			6m   bring up       -> start log 3`},
	})
}
