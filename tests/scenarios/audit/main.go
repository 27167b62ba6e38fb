// Audits a Mingbai evidence log, or checks its receipts, with nothing of Mingbai's: only golang.org/x/mod/sumdb.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tests/scenarios/audit/main.go VKEY LOG-FOLDER [FILE …]
//
// (Debian: golang-go, golang-golang-x-mod-dev.) LOG-FOLDER holds checkpoint and tile/ as served below /log/. Every entry is
// proved to be in the tree. Each further FILE is an older checkpoint, which must be a prefix of the log, or a receipt.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	check(err)
	folder := os.Args[2]
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	tree := open(text, verifier)
	hashes := tlog.TileHashReader(tree, reader(folder))
	for n := int64(0); n < tree.N; n++ {
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entry(folder, tree.N, n))))
	}
	for _, path := range os.Args[3:] {
		text, err := os.ReadFile(path)
		check(err)
		if bytes.HasPrefix(text, []byte("c2sp.org/tlog-proof@v1\n")) {
			receipt(text, verifier)
			continue
		}
		old := open(text, verifier)
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Printf("%d entries, %d files\n", tree.N, len(os.Args)-3)
}

// open checks a checkpoint's signature and reads it.
func open(text []byte, verifier note.Verifier) tlog.Tree {
	signed, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(signed.Text, "\n")
	if lines[0] != verifier.Name() {
		check(fmt.Errorf("checkpoint of another log: %s", lines[0]))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

// receipt checks a .tlog-proof: the opening it carries, the proof, the checkpoint.
func receipt(text []byte, verifier note.Verifier) {
	head, checkpoint, _ := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	check(err)
	var opening struct {
		Salt    []byte
		Content string
	}
	check(json.Unmarshal(raw, &opening))
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		check(err)
		proof = append(proof, hash)
	}
	commitment := sha256.Sum256(append(opening.Salt, opening.Content...))
	tree := open(checkpoint, verifier)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(commitment[:])))
}

// files reads tiles where C2SP's layout has them; Go's own layout differs in the path only.
type files string

func reader(folder string) tlog.TileReader { return files(folder) }

func (files) Height() int { return 8 }

func (files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, t := range tiles {
		one, err := os.ReadFile(filepath.Join(string(f), path(strconv.Itoa(t.L), t.N, int64(t.W))))
		if err != nil {
			return nil, err
		}
		data = append(data, one)
	}
	return data, nil
}

func path(level string, n, width int64) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + name
}

// entry reads entry n from its bundle.
func entry(folder string, size, n int64) []byte {
	width := size - n/256*256
	if width > 256 {
		width = 256
	}
	data, err := os.ReadFile(filepath.Join(folder, path("entries", n/256, width)))
	check(err)
	for i := int64(0); i < n%256; i++ {
		data = data[2+binary.BigEndian.Uint16(data):]
	}
	return data[2 : 2+binary.BigEndian.Uint16(data)]
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
