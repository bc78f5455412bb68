// For Go: net/http. Arguments: address, idle time (0 for the default: none).
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	idle, _ := time.ParseDuration(os.Args[2])
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") })
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		hash := sha256.New()
		io.Copy(hash, r.Body)
		fmt.Fprintf(w, "%s %x", r.Method, hash.Sum(nil))
	})
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "who are you?", http.StatusUnauthorized)
	})
	mux.HandleFunc("/chunks", func(w http.ResponseWriter, r *http.Request) {
		for _, piece := range []string{"one,", "two,", "three"} {
			fmt.Fprint(w, piece)
			w.(http.Flusher).Flush()
		}
	})
	mux.Handle("/", http.FileServer(http.Dir(os.Getenv("FILES"))))
	server := &http.Server{Addr: os.Args[1], Handler: mux, IdleTimeout: idle}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		<-stopped
		server.Shutdown(context.Background())
		close(ended)
	}()
	server.ListenAndServe()
	<-ended
}
