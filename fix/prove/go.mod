module github.com/corsim/corsim/fix/prove

go 1.26.0

require (
	github.com/corsim/corsim v0.0.0
	github.com/rs/cors v1.11.1
)

require (
	github.com/bits-and-blooms/bitset v1.20.0 // indirect
	github.com/nlnwa/whatwg-url v0.6.2 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)

replace github.com/corsim/corsim => ../..
