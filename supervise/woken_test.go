package supervise

import "testing"

// CONTRACT.md section 6: "A pause never shows to the command's own parents".
func TestF91WokenAgain(t *testing.T) {
	runPlays(t, []play{
		{name: "those that stop themselves late are woken once more", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate open      -> thaw cmd
			2s   woken cmd      ->
			2s   due 2.3s
			2.3s tick           -> thaw cmd
			2.3s due never`},
		{name: "as long as there are some", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate open      -> thaw cmd
			2s   woken cmd      ->
			2.3s tick           -> thaw cmd
			2.3s woken cmd      ->
			2.6s tick           -> thaw cmd
			2.6s due never`},
		{name: "not in the next pause", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate open      -> thaw cmd
			2s   woken cmd      ->
			2.1s gate closed    -> freeze cmd
			2.1s due never
			2.4s early          ->
			3s   gate open      -> thaw cmd
			3s   due never`},
		{name: "word that comes in the next pause is too late", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate open      -> thaw cmd
			2s   gate closed    -> freeze cmd
			2s   woken cmd      ->
			3s   gate open      -> thaw cmd
			3s   due never`},
		{name: "nor of the next run", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate open      -> thaw cmd
			2s   woken cmd      ->
			2.1s exit cmd 10 0  -> start cmd 2
			2.1s up cmd 12      ->
			2.1s due never`},
		{name: "a stop waits for nothing", options: "-k 10s", lines: `
			1s   gate closed    -> freeze cmd
			2s   stop TERM      -> send cmd tree 15 +cont, thaw cmd
			2s   woken cmd      ->
			2.3s tick           -> thaw cmd
			12s  tick           -> send cmd tree 9`},
		{name: "fg after a pause", lines: `
			1s   suspend        -> freeze cmd, suspend
			4s   continue       -> thaw cmd
			4s   woken cmd      ->
			4.3s tick           -> thaw cmd`},
	})
}
