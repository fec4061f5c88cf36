package store_test

import (
	"slices"
	"testing"

	"cinnabar/assets/fingerprint"
)

// A fingerprint is a way to ask whether somebody else has a picture like one's own. These
// ask it about papers.
func TestNobodyLearnsByFingerprintsWhatTheyMayNotSee(t *testing.T) {
	t.Parallel()
	s := stage(t)
	// The paper of a rival, and a copy of it that the marketer brought and that is nobody's paper.
	s.picturesPut("marketer1", "a copy")
	of := madeHash(1)
	copied := of
	copied[0] ^= 7
	s.look(map[string]fingerprint.Set{"a copy": printsOf(copied, madeHash(2)), "\xfe\xed": printsOf(of, madeHash(3))})
	s.words["copy"], s.words["hash"] = string(picture("a copy")), of.String()
	s.exec(`UPDATE studio.picture_look SET codes = '[{"text": "SECRET: a code", "box": {"x": 1, "y": 1, "w": 9, "h": 9}}]' WHERE picture = $1`, s.words["picture"])
	const anything = ` AS x WHERE x <> '{"seen": [], "total": 0}'`
	// They would come back if it were for them.
	if rows, err := s.rows("moderator1", `SELECT x ->> 'total' FROM studio.picture_seen('{copy}') AS x`); err != nil || !slices.Equal(rows, []string{"1"}) {
		t.Fatalf("who sees the paper is told %v, %v", rows, err)
	}
	s.withstand([]attempt{
		{"read prints", "moderator1 lead1 marketer1 admin1 worker1", `SELECT * FROM studio.picture_print`, "42501", ""},
		{"read prints of cuts", "moderator1 lead1 marketer1 admin1 worker1", `SELECT * FROM studio.picture_cut`, "42501", ""},
		{"read what is written in a paper's code", "moderator3 marketer1", `SELECT codes FROM studio.picture_look WHERE picture = '{picture}'`, "nothing", ""},
		{"learn by its look that a paper is there", "moderator3 marketer1", `SELECT 1 FROM studio.picture_look WHERE picture = '{picture}'`, "nothing", ""},
		{"ask for a paper by its digest", "moderator3 marketer1", `SELECT x FROM studio.picture_seen('{picture}')` + anything, "nothing", ""},
		{"ask for a paper by a copy of my own", "marketer1", `SELECT x FROM studio.picture_seen('{copy}')` + anything, "nothing", ""},
		{"be told where it is by a copy", "moderator3", `SELECT x FROM studio.picture_seen('{copy}') AS x WHERE x -> 'seen' <> '[]'`, "nothing", ""},
		{"ask for a paper by its print", "moderator3 marketer1", `SELECT x FROM studio.picture_seen_like('{0}', '{false}', ARRAY['{hash}'])` + anything, "nothing", ""},
		{"ask for a paper by its mirror's print", "moderator3 marketer1", `SELECT x FROM studio.picture_seen_like('{0,0,3}', '{true,false,false}', ARRAY['{hash}', '{hash}', '{hash}'])` + anything, "nothing", ""},
		{"ask by a print that is none", "moderator3 marketer1", `SELECT x FROM studio.picture_seen_like('{0}', '{false}', '{x}')` + anything, "field_value", ""},
		{"ask by more prints than a picture has", "marketer1", `SELECT x FROM studio.picture_seen_like(array_fill(0, '{1000}'), array_fill(false, '{1000}'), array_fill(repeat('0', 64), '{1000}'))` + anything, "field_value", ""},
		{"ask for near papers of an application out of sight", "moderator3", `SELECT * FROM studio.papers_near('rival')`, "nothing", ""},
		{"ask for near papers at all", "marketer1", `SELECT * FROM studio.papers_near('closed')`, "42501", ""},
		{"search by myself", "everybody", `SELECT * FROM studio.prints_near(CAST('x' || '{hash}' AS bit(256)), true)`, "42501", ""},
		{"see prints by a function", "everybody", `SELECT * FROM studio.prints_of('{picture}')`, "42501", ""},
		{"see hidden places by a function", "everybody", `SELECT * FROM studio.picture_places(ARRAY['{picture}'])`, "42501", ""},
		{"count hidden places by a function", "everybody", `SELECT studio.sightings('{picture}', '{0}', '{false}', ARRAY['{hash}'], true)`, "42501", ""},
		{"ask as one who has no eyes", "worker1 admin1", `SELECT studio.picture_seen('{copy}')`, "42501", ""},
		{"take pictures to look at", "moderator1 lead1 marketer1 auditor1 admin1", `SELECT studio.looks_take({new}, 1, 10)`, "42501", ""},
		{"say what is seen in a picture", "moderator1 lead1 marketer1 auditor1 admin1", `SELECT studio.looks_put({new}, 1, '[]')`, "42501", ""},
		{"look at what I did not take", "worker1", `SELECT x FROM studio.looks_put({new}, 2, '[{"picture": "{picture}", "quality": 100, "prints": []}]') AS x WHERE x ->> 'kept' <> '0'`, "nothing",
			`SELECT count(*) FROM studio.picture_look WHERE version = 2`},
		{"leave a look that breaks who reads it", "worker1", `SELECT studio.looks_take({new}, 3, 10); SELECT studio.looks_put({new}, 3, '[{"picture": "{copy}", "quality": 100, "codes": {"no": "list"}}]')`, "refused",
			`SELECT count(*) FROM studio.picture_look WHERE version = 3`},
		{"leave a picture without its prints", "worker1", `SELECT studio.looks_take({new}, 3, 10); SELECT studio.looks_put({new}, 3, '[{"picture": "{copy}", "quality": 100, "prints": [{"part": 0, "mirrored": false, "hash": "{hash}"}]}]')`, "field_value",
			`SELECT count(*) FROM studio.picture_look WHERE version = 3`},
		{"leave prints that are none", "worker1", `SELECT studio.looks_take({new}, 3, 10); SELECT studio.looks_put({new}, 3, '[{"picture": "{copy}", "quality": 100, "prints": [{"part": 0, "mirrored": false, "hash": "x"}]}]')`, "field_value",
			`SELECT count(*) FROM studio.picture_look WHERE version = 3`},
		{"leave prints of a part that is none", "worker1", `SELECT studio.looks_take({new}, 3, 10); SELECT studio.looks_put({new}, 3, '[{"picture": "{copy}", "quality": 100, "prints": [{"part": 77, "mirrored": false, "hash": "{hash}"}]}]')`, "field_value", ""},
	})
	// A desk of another region learns that there is something more, of a picture that it sees; and no more than that.
	if rows, err := s.rows("moderator3", `SELECT x FROM studio.picture_seen('{copy}') AS x`); err != nil || !slices.Equal(rows, []string{`{"seen": [], "total": 1}`}) {
		t.Errorf("a desk of another region is told %v, %v", rows, err)
	}
}
