//go:build !linux

package browser

import "syscall"

func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

func killStrays(string) {}
