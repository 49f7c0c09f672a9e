// Checks a log of C2SP tlog-tiles in a folder with the code of Go's checksum database, which shares nothing with ours.
//
//	check FOLDER VKEY LEAVES_MAX [OLD_SIZE ...]
//
// It opens FOLDER/checkpoint with the key, checks entries (all of them, or LEAVES_MAX spread ones) against their place in
// the tree, and that the tree begins with the tree of each old size. It prints "ok N", N being the number of entries
// that it checked; whatever is wrong ends it with status 1.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// folder is a tlog.TileReader of the folder of a log.
type folder string

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := f.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// read reads a tile or, at level -1, an entry bundle. Go writes tile/8/0/000 and tile/8/data/000 where C2SP writes
// tile/0/000 and tile/entries/000.
func (f folder) read(tile tlog.Tile) ([]byte, error) {
	path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path)))
}

// entry returns one entry of a tree of the given size.
func (f folder) entry(index, size int64) ([]byte, error) {
	const width = 1 << height
	tile := tlog.Tile{H: height, L: -1, N: index / width, W: width}
	if rest := size - tile.N*width; rest < width {
		tile.W = int(rest)
	}
	data, err := f.read(tile)
	if err != nil {
		return nil, err
	}
	var found []byte
	for at := 0; at < tile.W; at++ {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut short", tile.Path())
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		if int64(at) == index%width {
			found = data[2:end]
		}
		data = data[end:]
	}
	if len(data) != 0 {
		return nil, fmt.Errorf("%s has bytes behind its end", tile.Path())
	}
	return found, nil
}

// open returns the tree of the checkpoint, which must be signed with the key.
func (f folder) open(vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	data, err := os.ReadFile(filepath.Join(string(f), "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("checkpoint of another origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func check(f folder, vkey string, leavesMax int64, oldSizes []int64) (int64, error) {
	tree, err := f.open(vkey)
	if err != nil {
		return 0, err
	}
	hashes := tlog.TileHashReader(tree, f)
	count := tree.N
	if count > leavesMax {
		count = leavesMax
	}
	for number := int64(0); number < count; number++ {
		index := tree.N - 1 // the last one is always among them
		if number < count-1 {
			index = number * tree.N / count
		}
		entry, err := f.entry(index, tree.N)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
			return 0, fmt.Errorf("entry %d: %v", index, err)
		}
	}
	for _, size := range oldSizes {
		root, err := tlog.TreeHash(size, hashes)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveTree(tree.N, size, hashes)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, root); err != nil {
			return 0, fmt.Errorf("size %d: %v", size, err)
		}
	}
	return count, nil
}

func run(arguments []string) (int64, error) {
	if len(arguments) < 3 {
		return 0, fmt.Errorf("usage: check FOLDER VKEY LEAVES_MAX [OLD_SIZE ...]")
	}
	var numbers []int64
	for _, argument := range arguments[2:] {
		number, err := strconv.ParseInt(argument, 10, 64)
		if err != nil || number < 1 {
			return 0, fmt.Errorf("%q is no positive number", argument)
		}
		numbers = append(numbers, number)
	}
	return check(folder(arguments[0]), arguments[1], numbers[0], numbers[1:])
}

func main() {
	count, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ok", count)
}
