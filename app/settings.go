package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// settings are what a person chose for this machine. No secret is ever among
// them: passwords are the keyring's and libpq's business.
type settings struct {
	Language string `json:"language,omitempty"` // "en", "zh"; "" follows the environment
	Theme    string `json:"theme,omitempty"`    // "light", "dark"; "" is light
	Person   string `json:"person,omitempty"`   // who to act as in the trial
	Database string `json:"database,omitempty"` // URL without a password; "" means the trial
	Blur     bool   `json:"blur,omitempty"`     // hide pictures until held open
}

func settingsFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "cinnabar", "settings.json"), nil
}

// loadSettings reads the settings. A missing or damaged file means defaults:
// nothing in it is worth stopping for, and saving mends it.
func loadSettings() settings {
	var s settings
	name, err := settingsFile()
	if err != nil {
		return s
	}
	data, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(data, &s) != nil {
		return settings{}
	}
	return s
}

// save writes the settings whole or not at all.
func (s settings) save() error {
	name, err := settingsFile()
	if err != nil {
		return err
	}
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
