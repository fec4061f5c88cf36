package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cinnabar/internal/fault"
	"cinnabar/store"
)

// settings are what a person chose for this machine. No secret is ever among
// them: passwords are the keyring's and libpq's business.
type settings struct {
	Language string `json:"language,omitempty"` // "en", "zh"; "" follows the environment
	Theme    string `json:"theme,omitempty"`    // "light", "dark"; "" is light
	Person   string `json:"person,omitempty"`   // who to act as in the trial
	Database string `json:"database,omitempty"` // URL without a password; "" means the trial
	Hide     string `json:"hide,omitempty"`     // "blur", "grey": how pictures are hidden until held open; "" shows them
	Blur     bool   `json:"blur,omitempty"`     // what Hide was when there was one way: read, never written
}

func settingsFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "cinnabar", "settings.json"), nil
}

// loadSettings reads the settings. A missing file means defaults, and so does a
// damaged one: nothing in it is worth stopping for, and saving mends it. But
// that it was damaged is returned, for the person to be told; so is a password in
// it, which is not used.
func loadSettings() (settings, error) {
	var s settings
	name, err := settingsFile()
	if err != nil {
		return s, nil // no home, no settings
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return settings{}, fault.Wrap(err, fault.SettingsDamaged, "path", name)
	}
	if s.Blur && s.Hide == "" {
		s.Hide = "blur"
	}
	s.Blur = false
	if bare, had := store.BarePassword(s.Database); had {
		// Not even this once, or nobody would ever take it out.
		s.Database = bare
		return s, fault.New(fault.PasswordInSettings, "path", name)
	}
	return s, nil
}

// save writes the settings whole or not at all. Its error is FileWrite, or
// PasswordInSettings for an address with a password, which is never written.
func (s settings) save() error {
	name, err := settingsFile()
	if err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", "settings.json")
	}
	if _, had := store.BarePassword(s.Database); had {
		return fault.New(fault.PasswordInSettings, "path", name)
	}
	if err := s.saveAs(name); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", name)
	}
	return nil
}

func (s settings) saveAs(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".settings-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename; left only when that failed
	_, err = f.Write(append(data, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
