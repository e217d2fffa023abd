// A program in Go with its standard library: goroutines, maps, sorting, standard input, and files if it is given a directory.
//
// usage: hello-go [DIR] < words
package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	counts := count(bufio.NewScanner(os.Stdin))
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		fmt.Printf("%-8s%3d\n", word, counts[word])
	}
	fmt.Println("squares:", squares(20))
	timer()
	if len(os.Args) > 1 {
		if err := files(os.Args[1]); err != nil {
			fmt.Println("cannot go on:", err)
			os.Exit(3)
		}
	}
}

func count(lines *bufio.Scanner) map[string]int {
	counts := map[string]int{}
	for lines.Scan() {
		for _, word := range strings.Fields(lines.Text()) {
			counts[word]++
		}
	}
	return counts
}

// squares adds them up in goroutines of their own.
func squares(n int) int {
	var group sync.WaitGroup
	results := make(chan int)
	for i := 1; i <= n; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			results <- i * i
		}()
	}
	go func() { group.Wait(); close(results) }()
	sum := 0
	for result := range results {
		sum += result
	}
	return sum
}

// timer waits for the first of two.
func timer() {
	select {
	case <-time.After(5 * time.Millisecond):
		fmt.Println("the quick one")
	case <-time.After(5 * time.Second):
		fmt.Println("the slow one")
	}
}

func files(dir string) error {
	out := filepath.Join(dir, "out.txt")
	if err := os.WriteFile(out, []byte("written by Go\n"), 0o644); err != nil {
		return err
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Println(path, entry.IsDir())
		return nil
	})
	if err != nil {
		return err
	}
	if err := os.Remove(out); err != nil {
		return err
	}
	_, err = os.ReadFile(out)
	return err
}
