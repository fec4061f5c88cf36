// Package inspect says what the pixels of a picture show: faces, the words that say a
// post is paid, other writing, and QR codes; and of a region, how well its writing
// stands out and how sharp it is.
//
// It opens no file. It is handed the pixels of an upright picture, perhaps smaller than
// the picture itself, and the picture's full size; every box that comes back is in
// pixels of the full picture. Transparent pixels count as laid on white.
//
// What is found is only ever proposed to a person: nothing here is Confirmed.
package inspect
