package main

// The sockets: many messages handed to the kernel, or asked from it, at once (sendmmsg(2), recvmmsg(2)), and the echo.

import (
	"log"
	"net/netip"
	"syscall"
	"unsafe"
)

// What the kernel wants for many messages at once: struct mmsghdr of sendmmsg(2).
type message struct {
	header syscall.Msghdr
	length uint32
	_      uint32
}

type messages struct {
	bytes [batch][room]byte
	parts [batch]syscall.Iovec
	heads [batch]message
	names [batch]syscall.RawSockaddrInet4
}

func newMessages() *messages {
	m := new(messages)
	for i := range m.heads {
		m.parts[i] = syscall.Iovec{Base: &m.bytes[i][0], Len: room}
		m.heads[i].header.Iov, m.heads[i].header.Iovlen = &m.parts[i], 1
	}
	return m
}

func (m *messages) call(number uintptr, socket, from, to int) int {
	for {
		n, _, failed := syscall.Syscall6(number, uintptr(socket), uintptr(unsafe.Pointer(&m.heads[from])),
			uintptr(to-from), syscall.MSG_DONTWAIT, 0, 0)
		switch failed {
		case 0:
			return int(n)
		case syscall.EAGAIN:
			return 0
		case syscall.EINTR:
		default:
			log.Fatal("socket: ", failed)
		}
	}
}

// receive answers how many messages came; it waits for none.
func (m *messages) receive(socket int) int { return m.call(syscall.SYS_RECVMMSG, socket, 0, batch) }

func (m *messages) send(socket, count int) {
	const sendmmsg = 307 // not among the syscall package's names for amd64
	for sent := 0; sent < count; {
		sent += m.call(sendmmsg, socket, sent, count)
	}
}

// wait until something came or the nanoseconds are over.
func wait(socket int, ns int64) {
	if ns <= 0 {
		return
	}
	one := struct {
		fd             int32
		wanted, result int16
	}{int32(socket), 1, 0}
	end := syscall.NsecToTimespec(ns)
	syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&one)), 1, uintptr(unsafe.Pointer(&end)), 0, 0, 0)
}

func check(failed error, what string) {
	if failed != nil {
		log.Fatal(what, ": ", failed)
	}
}

func open() int {
	socket, failed := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(failed, "socket")
	for _, option := range []int{syscall.SO_RCVBUF, syscall.SO_SNDBUF} {
		check(syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, option, 4<<20), "buffer")
	}
	return socket
}

// echo sends back whatever comes, for ever: the cheapest server there can be, to find what the generator can do.
func echo(at netip.AddrPort) {
	socket := open()
	check(syscall.Bind(socket, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}), "bind")
	all := newMessages()
	for {
		for i := range all.heads {
			all.parts[i].Len = room
			all.heads[i].header.Name, all.heads[i].header.Namelen = (*byte)(unsafe.Pointer(&all.names[i])), 16
		}
		count := all.receive(socket)
		for i := 0; i < count; i++ {
			all.parts[i].Len = uint64(all.heads[i].length)
		}
		if all.send(socket, count); count == 0 {
			wait(socket, patient)
		}
	}
}
