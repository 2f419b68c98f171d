// Package interop judges the CORS middlewares that Go servers use, with package corstest: what browsers make of each of their
// options, where that surprises, and whether one policy means the same in all of them. All of it is tests; README.md tells
// what they found.
package interop
