// Package paint draws what the sample shows: still lifes for posts, papers and
// logos for applications. Everything is computed; no picture file is read.
//
// It knows shapes, colours and letters. Who the papers belong to, and what is
// wrong with them, is the sample's business. Nothing here is fit for documents
// that anybody should believe: every paper carries the word for "specimen".
package paint
