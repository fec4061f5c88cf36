package main

import (
	"context"
	"image"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/assets/fingerprint"
	"cinnabar/assets/inspect"
	"cinnabar/assets/preview"
	"cinnabar/store"
	"cinnabar/views"
)

// pictureFacts answers what the viewer asks about pictures, from the database and from
// the pictures themselves.
type pictureFacts struct {
	stored *store.Pictures
	loader *preview.Loader
}

func (s *studio) factsOf(d *desk) views.PictureFacts {
	f := pictureFacts{d.db.Pictures(), d.pictures}
	return views.PictureFacts{Files: f, Codes: f, Sightings: f, Slots: d.db.Slots()}
}

// Meta implements views.PictureFiles. The place stays behind.
func (f pictureFacts) Meta(ctx context.Context, id assets.ID) (views.PictureMeta, error) {
	data, err := f.stored.Bytes(ctx, id)
	if err != nil {
		return views.PictureMeta{}, err
	}
	m := decode.ReadMeta(data)
	meta := views.PictureMeta{
		Format: string(m.Format), Bytes: m.Bytes, Width: m.Width, Height: m.Height, Orientation: m.Orientation,
		Camera: m.Camera, Lens: m.Lens, Software: m.Software, Taken: m.TakenAt, Profile: m.Profile, HasPlace: m.HasPlace,
		Made: m.SourceType, Credentials: m.Credentials,
	}
	// What decoding would note is in the header already. A file that it would refuse says
	// so where its picture would stand.
	if info, err := decode.Config(data); err == nil {
		for _, n := range info.Notes {
			meta.Notes = append(meta.Notes, string(n))
		}
	}
	return meta, nil
}

// Place implements views.PictureFiles.
func (f pictureFacts) Place(ctx context.Context, request string, id assets.ID) (views.PicturePlace, error) {
	at, err := f.stored.Place(ctx, request, id)
	return views.PicturePlace{Latitude: at.Latitude, Longitude: at.Longitude}, err
}

// Seen implements views.PictureSightings.
func (f pictureFacts) Seen(ctx context.Context, id assets.ID) ([]assets.Sighting, int, error) {
	return f.stored.Seen(ctx, id)
}

// Searched implements views.PictureSightings.
func (f pictureFacts) Searched(ctx context.Context) (int, error) { return f.stored.Searched(ctx) }

// Compared implements views.PictureSightings.
func (f pictureFacts) Compared(ctx context.Context, id assets.ID) (bool, error) {
	known, err := f.stored.Look(ctx, id)
	return err == nil && !known.At.IsZero() && known.Failed == "" && known.Quality >= fingerprint.Usable, err
}

// Codes implements views.PictureCodes: those that a worker has found, or, where none has
// looked yet, what can be read now.
func (f pictureFacts) Codes(ctx context.Context, id assets.ID) ([]assets.Code, error) {
	known, err := f.stored.Look(ctx, id)
	if err == nil && !known.At.IsZero() && known.Failed == "" {
		return known.Codes, nil
	}
	img, err := f.loader.Full(ctx, id)
	if err != nil {
		return nil, err
	}
	var whole image.Point
	if data, err := f.stored.Bytes(ctx, id); err == nil {
		if info, err := decode.Config(data); err == nil {
			whole = image.Pt(info.Width, info.Height)
		}
	}
	var found []assets.Code
	for _, c := range inspect.Codes(ctx, img, whole) {
		found = append(found, assets.Code{Text: c.Text, Box: c.Box})
	}
	return found, nil
}
