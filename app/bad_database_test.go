package main

import (
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"

	"cinnabar/internal/fault"
	"cinnabar/views/words"
)

// Whatever is wrong with the database, a person reads one sentence and a next
// step, in their language, from a command as from the window.
func TestABadDatabaseIsOneSentence(t *testing.T) {
	t.Parallel()
	after := func(login, statement string) func(*testing.T) string {
		return func(t *testing.T) string {
			s := newShared(t)
			if _, err := s.Super(t).Exec(statement); err != nil {
				t.Fatal(err)
			}
			return s.address(login)
		}
	}
	fixed := func(url string) func(*testing.T) string { return func(*testing.T) string { return url } }
	for _, c := range []struct {
		name string
		url  func(*testing.T) string
		want fault.Code
	}{
		{"no such socket", func(t *testing.T) string { return "postgres://ana@/x?host=" + t.TempDir() }, fault.Offline},
		{"a closed port", fixed("postgres://ana@127.0.0.1:1/x"), fault.Offline},
		{"no such host", fixed("postgres://ana@nowhere.invalid/x"), fault.Offline},
		{"no address at all", fixed("postgres://ana@:not a port/x"), fault.BadAddress},
		{"another database's address", fixed("mysql://ana@db/x"), fault.BadAddress},
		{"in the clear", fixed("postgres://ana@db.example/x?sslmode=prefer"), fault.InsecureTransport},
		{"a wrong password", doorkeeper('R', "28P01", "auth_failed"), fault.WrongPassword},
		{"not admitted", doorkeeper('E', "28000", "ClientAuthentication"), fault.TransportRefused},
		{"no encryption", doorkeeper('N', "", ""), fault.TransportRefused},
		{"too many of us", doorkeeper('E', "53300", ""), fault.Offline},
		{"starting up", doorkeeper('E', "57P03", ""), fault.Offline},
		{"something else listens", doorkeeper('?', "", ""), fault.Offline},
		{"no such database", func(t *testing.T) string {
			s := newShared(t)
			return strings.Replace(s.address("moderator1"), s.Database, "not_here", 1)
		}, fault.NoSuchDatabase},
		{"never migrated", after("moderator1", `DROP TABLE public.cinnabar_version`), fault.SchemaMissing},
		{"too old", after("moderator1", `DELETE FROM public.cinnabar_version WHERE version_id = (SELECT max(version_id) FROM public.cinnabar_version)`), fault.SchemaOld},
		{"too new", after("moderator1", `UPDATE studio.compat SET level = 9, read_from = 9, write_from = 9`), fault.SchemaNew},
		{"nobody", after("nobody_at_all", ``), fault.NotKnown},
		{"no person", after("postgres", ``), fault.NotKnown},
		{"left", after("moderator1", `UPDATE studio.person SET active = false WHERE login = 'moderator1'`), fault.NotKnown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := c.url(t)
			for _, lang := range []words.Language{words.EN, words.ZH} {
				command := typed(t.Context(), "", "person", "list", "--database", url, "--lang", string(lang)).want(t, exitFault).oneSentence(t)

				p := &program{words: words.For(lang), log: slog.New(slog.DiscardHandler)}
				p.flags.Database = url
				s := newStudio(p, nil, newQueueLoop())
				err := s.open(t.Context())
				if fault.CodeOf(err) != c.want {
					t.Errorf("the window: %v, want %s", err, c.want)
				}
				if s.place != nil || s.desk != nil {
					t.Error("a failed try left something in the window")
				}
				if shown := p.words.Sentence(err); shown != strings.TrimSpace(command.errs) {
					t.Errorf("the window says %q, the command %q", shown, command.errs)
				}
			}
		})
	}
}

func TestARoleWithoutTheRightIsToldSo(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	posts := lay(t, t.TempDir(), "posts.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"))
	brands := lay(t, t.TempDir(), "brands.jsonl", []byte(`{"id":"b1","subject":"company","brand_name":"x"}`+"\n"))
	for _, lang := range []string{"en", "zh"} {
		for _, args := range [][]string{{"import", "posts", posts}, {"import", "applications", brands}, {"scan"}, {"migrate"}} {
			s.as("auditor1", append(args, "--lang", lang)...).want(t, exitFault).oneSentence(t)
		}
		s.as("moderator1", "verify", "--lang", lang).want(t, exitFault).oneSentence(t)
		s.as("moderator1", "verify", "--as", "lead1", "--lang", lang).want(t, exitUsage).oneSentence(t)
	}
	if _, err := s.Super(t).Exec(`UPDATE studio.compat SET level = 9, write_from = 9`); err != nil {
		t.Fatal(err)
	}
	s.as("auditor1", "person", "list").want(t, exitFine) // too new to write is still read
	s.as("worker1", "import", "posts", posts).want(t, exitFault).oneSentence(t)
	if got := typed(t.Context(), "", "migrate", "--database", "postgres://ana@127.0.0.1:1/x").want(t, exitFault).oneSentence(t); !strings.Contains(got.errs, "127.0.0.1") {
		t.Errorf("migrate does not say where: %q", got.errs)
	}
}

// doorkeeper is a server that lets nobody in: with 'R' after it asked for the
// password, with 'E' at once, with 'N' because it knows no encryption, and with
// '?' in a language that is not Postgres's.
func doorkeeper(how byte, state, routine string) func(*testing.T) string {
	return func(t *testing.T) string {
		door, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { door.Close() })
		refusal := "SFATAL\x00VFATAL\x00C" + state + "\x00Mpassword authentication failed at hba.c:123\x00R" + routine + "\x00\x00"
		go func() {
			for {
				guest, err := door.Accept()
				if err != nil {
					return
				}
				go func() {
					defer guest.Close()
					if how == '?' {
						_, _ = io.WriteString(guest, "HTTP/1.0 400 Bad Request\r\n\r\n")
						return
					}
					hear(guest, 0)
					switch how {
					case 'N':
						_, _ = guest.Write([]byte{'N'})
						_, _ = io.Copy(io.Discard, guest)
						return
					case 'R':
						_, _ = guest.Write([]byte{'R', 0, 0, 0, 8, 0, 0, 0, 3})
						hear(guest, 1)
					}
					message := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(4+len(refusal)))
					_, _ = guest.Write(append(message, refusal...))
				}()
			}
		}()
		u := url.URL{Scheme: "postgres", User: url.User("ana"), Host: door.Addr().String(), Path: "/x"}
		u.RawQuery = "sslmode=disable"
		if how == 'N' {
			u.RawQuery = "sslmode=require"
		}
		return u.String()
	}
}

// hear reads one message: a kind of so many bytes, its length, the rest.
func hear(r io.Reader, kind int) {
	head := make([]byte, kind+4)
	if _, err := io.ReadFull(r, head); err == nil {
		_, _ = io.CopyN(io.Discard, r, int64(binary.BigEndian.Uint32(head[kind:]))-4)
	}
}
