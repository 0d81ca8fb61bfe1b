//go:build !linux

package live

import "time"

func bind(int) {}

func sleepThread(d time.Duration) { time.Sleep(d) }

func readStealing() stealing { return stealing{} }
