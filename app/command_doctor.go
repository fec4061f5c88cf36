package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"cinnabar/assets/decode"
	"cinnabar/internal/typeface"
	"cinnabar/store"
	"cinnabar/store/local"
)

type doctorCommand struct{}

// symptom is one thing that the doctor looked at.
type symptom struct {
	Name  string `json:"name"`
	State string `json:"state"` // "fine", "warn" or "fault"
	Text  string `json:"text"`  // what was seen and, where it needs mending, how
}

// Run says what this machine and its database have and lack. Exit 1 when
// something is missing without which the studio cannot work.
func (doctorCommand) Run(ctx context.Context, p *program) error {
	symptoms := p.machineSymptoms()
	symptoms = append(symptoms, p.databaseSymptoms(ctx)...)
	sick := false
	for _, s := range symptoms {
		sick = sick || s.State == "fault"
		if p.flags.JSON {
			if err := p.printJSON(s); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(p.out, "%-6s %s\n", p.words.T("command.doctor_"+s.State), s.Text)
	}
	if sick {
		return errFound
	}
	return nil
}

func (p *program) machineSymptoms() []symptom {
	t := p.words.T
	found := []symptom{{"system", "fine", t("command.doctor_system", runtime.GOOS+"/"+runtime.GOARCH)}}
	if hasDisplay() {
		found = append(found, symptom{"display", "fine", t("command.doctor_display")})
	} else {
		found = append(found, symptom{"display", "warn", t("command.doctor_no_display")})
	}
	_, regular := typeface.Han(false)
	_, bold := typeface.Han(true)
	switch {
	case regular != nil:
		found = append(found, symptom{"font", "warn", t("command.doctor_no_font")})
	case bold != nil:
		found = append(found, symptom{"font", "warn", t("command.doctor_no_bold")})
	default:
		found = append(found, symptom{"font", "fine", t("command.doctor_font")})
	}
	if ffmpeg, _, ok := decode.FFmpeg(); ok {
		found = append(found, symptom{"ffmpeg", "fine", t("command.doctor_ffmpeg", ffmpeg)})
	} else {
		found = append(found, symptom{"ffmpeg", "warn", t("command.doctor_no_ffmpeg")})
	}
	if name, err := settingsFile(); err == nil {
		found = append(found, symptom{"settings", "fine", t("command.doctor_folder", filepath.Dir(name))})
	}
	if p.logFile != nil {
		found = append(found, symptom{"log", "fine", t("command.doctor_log", p.logFile.Name())})
	}
	return found
}

func (p *program) databaseSymptoms(ctx context.Context) []symptom {
	t := p.words.T
	var found []symptom
	url, shared := p.sharedURL()
	if shared {
		found = append(found, p.transportSymptoms(url)...)
	} else {
		dir, version, err := local.Find()
		if err != nil {
			return append(found, symptom{"postgres", "fault", p.words.Sentence(err)})
		}
		found = append(found, symptom{"postgres", "fine", t("command.doctor_postgres", version, dir)})
	}
	s, err := p.connect(ctx, trialDesk)
	if err != nil {
		return append(found, symptom{"database", "fault", p.words.Sentence(err)})
	}
	defer s.close()
	start := time.Now()
	me, err := s.People().Me(ctx)
	if err != nil {
		return append(found, symptom{"database", "fault", p.words.Sentence(err)})
	}
	took := time.Since(start).Round(100 * time.Microsecond).String()
	found = append(found, symptom{"database", "fine", t("command.doctor_database", took, me.Login, p.words.Role(me.Role))})
	if !s.place.trial() {
		return append(found, symptom{"place", "fine", t("command.doctor_shared")})
	}
	found = append(found, symptom{"place", "fine", t("command.doctor_trial")})
	if free, ok := freeBytes(s.place.server.Dir); ok {
		const wanted = 1 << 30
		text := fmt.Sprintf("%.1f GB", float64(free)/(1<<30))
		if free < wanted {
			found = append(found, symptom{"disk", "warn", t("command.doctor_disk_low", text)})
		} else {
			found = append(found, symptom{"disk", "fine", t("command.doctor_disk", text)})
		}
	}
	return found
}

// transportSymptoms says how a shared server is spoken to, and who keeps its
// password, as far as that can be known without asking it.
func (p *program) transportSymptoms(url string) []symptom {
	at, err := store.Locate(url)
	if err != nil {
		return nil // connecting says what is wrong with the address
	}
	state := "warn" // the person asked for less than a verified certificate
	if at.Transport == "socket" || at.Transport == "verify-full" {
		state = "fine"
	}
	found := []symptom{{"transport", state, p.words.T("command.doctor_transport_"+strings.ReplaceAll(at.Transport, "-", "_"), at.Host)}}
	switch {
	case at.Given:
		found = append(found, symptom{"password", "warn", p.words.T("command.doctor_password_given")})
	case at.Filed:
		found = append(found, symptom{"password", "fine", p.words.T("command.doctor_password_filed", at.Passfile)})
	default:
		switch _, err := p.secrets.fetch(at); {
		case err == nil:
			found = append(found, symptom{"password", "fine", p.words.T("command.doctor_password_kept")})
		case errors.Is(err, keyring.ErrNotFound):
			found = append(found, symptom{"password", "fine", p.words.T("command.doctor_password_none")})
		default:
			found = append(found, symptom{"password", "fine", p.words.T("command.doctor_no_keyring")})
		}
	}
	return found
}

// hasDisplay reports whether a window could open. Only X11 and Wayland can be
// asked; macOS and Windows always have one.
func hasDisplay() bool {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
