// Package sample is the content of a trial: people to act as, brands that apply
// with painted papers, posts with painted pictures, and what was decided before
// the first day. All of it is invented here and made again the same way every
// time; only the dates move with the clock, so that the desk always looks fresh.
//
// It stores nothing. Applications and Posts are the words alone; First and Rest
// paint as well, and hand over batches that can be stored one after the other.
// Some of the content is wrong in instructive ways, which the tests pin down.
package sample
