package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// Models returns the learned models that leads handed in, the newest first. Fault:
// NoRight for marketers.
func (r *Rulebooks) Models(ctx context.Context) ([]moderation.DetectorModel, error) {
	var rows []struct {
		ID         string    `db:"id"`
		Version    string    `db:"version"`
		Calibrated bool      `db:"calibrated"`
		Note       string    `db:"note"`
		Bytes      int       `db:"bytes"`
		AddedBy    string    `db:"added_by"`
		AddedAt    time.Time `db:"added_at"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT id, version, calibrated, note, octet_length(body) AS bytes, added_by, added_at
			  FROM studio.detector_model ORDER BY added_at DESC, id`)
	})
	if err != nil {
		return nil, err
	}
	models := make([]moderation.DetectorModel, len(rows))
	for i, x := range rows {
		models[i] = moderation.DetectorModel{ID: x.ID, Version: x.Version, Calibrated: x.Calibrated, Note: x.Note, Bytes: x.Bytes, AddedBy: x.AddedBy, AddedAt: x.AddedAt.UTC()}
	}
	return models, nil
}

// Model compiles a model that was handed in. Faults: NotFound; FileUnreadable for one
// that this program is too old to read; NoRight for marketers.
func (r *Rulebooks) Model(ctx context.Context, id string) (*disclosure.Model, error) {
	var body []byte
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &body, `SELECT body FROM studio.detector_model WHERE id = $1`, id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "what", "model", "id", id)
	}
	if err != nil {
		return nil, err
	}
	model, err := disclosure.Read(bytes.NewReader(body))
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", id)
	}
	return model, nil
}

// PutModel hands a model in; one that is there already stays as it was. Faults:
// FieldValue for a version that is no name or a model over 16 MB, NoRight for all but
// leads.
func (r *Rulebooks) PutModel(ctx context.Context, request string, model *disclosure.Model, note string) (moderation.DetectorModel, error) {
	var body bytes.Buffer
	if err := model.Write(&body); err != nil {
		return moderation.DetectorModel{}, fault.Wrap(err, fault.Internal)
	}
	var a struct {
		ID         string    `json:"id"`
		Version    string    `json:"version"`
		Calibrated bool      `json:"calibrated"`
		Note       string    `json:"note"`
		Bytes      int       `json:"bytes"`
		AddedBy    string    `json:"added_by"`
		AddedAt    time.Time `json:"added_at"`
	}
	if err := r.db.call(ctx, &a, `SELECT studio.detector_model_put($1, $2, $3, $4, $5)`, request, model.Version(), model.Calibrated(), note, body.Bytes()); err != nil {
		return moderation.DetectorModel{}, err
	}
	return moderation.DetectorModel{ID: a.ID, Version: a.Version, Calibrated: a.Calibrated, Note: a.Note, Bytes: a.Bytes, AddedBy: a.AddedBy, AddedAt: a.AddedAt}, nil
}
