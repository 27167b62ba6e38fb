// Sipload sends INVITEs to one SIP server over UDP and tells how it answered. One core sends and receives more than
// 100,000 messages a second: a message is a copy of a template with its numbers written over, and the kernel is handed
// and asked for many at a time.
//
//	go build -o build/sipload tests/performance/sipload/*.go         (Debian: golang-go; nothing but the standard library)
//	build/sipload -to 127.0.0.1:5060 -seconds 5 -window 64           closed loop: as fast as is answered, 64 outstanding
//	build/sipload -to 127.0.0.1:5060 -seconds 5 -rate 10000          open loop: evenly paced, whatever comes back
//	build/sipload -echo 127.0.0.1:5060                               a server that sends back what it gets
//
// Every call is another one: branch, Call-ID and tag hold a random name of the run and the call's place in it. Caller
// and callee are drawn as bench_decide.py draws them, from the ranges of facts.py; half of the pairs have a consent.
// With -ack every final answer is acknowledged, as a switch does. Nothing is ever sent twice.
//
// One JSON object is printed; SIGTERM ends the sending early. Latencies run from the moment that a call was due (open
// loop) or sent (closed loop); a call without an answer one second after the last was sent is lost, one answered after
// more than a second is late.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/bits"
	"math/rand"
	"net/netip"
	"os"
	"os/signal"
	"runtime/debug"
	"sort"
	"strings"
	"syscall"
	"time"
)

const (
	batch   = 64      // messages handed to the kernel, or asked from it, at once
	room    = 2048    // bytes for one message
	most    = 1 << 23 // calls in one run
	patient = int64(time.Second)
)

const invite = "INVITE sip:+CALLEE.......@HOST SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP OWN;branch=z9hG4bKRUN.....SEQ.....\r\n" +
	"Max-Forwards: 70\r\n" +
	"From: <sip:+CALLER......@OWN>;tag=RUN.....SEQ.....\r\n" +
	"To: <sip:+CALLEE.......@HOST>\r\n" +
	"Call-ID: RUN.....SEQ.....@OWN\r\n" +
	"CSeq: 1 INVITE\r\n" +
	"Contact: <sip:OWN>\r\n" +
	"P-Asserted-Identity: <sip:+CALLER......@OWN>\r\n" +
	"Feature-Caps: *;+sip.608\r\n" +
	"Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\n" +
	"Content-Type: application/sdp\r\n" +
	"Content-Length: 124\r\n\r\n" +
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
	"m=audio 40000 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"

const ack = "ACK sip:+CALLEE.......@HOST SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP OWN;branch=z9hG4bKRUN.....SEQ.....\r\n" +
	"Max-Forwards: 70\r\n" +
	"From: <sip:+CALLER......@OWN>;tag=RUN.....SEQ.....\r\n" +
	"Call-ID: RUN.....SEQ.....@OWN\r\n" +
	"CSeq: 1 ACK\r\n" +
	"Content-Length: 0\r\n" +
	"To: <sip:+CALLEE.......@HOST>" // and the tag of the answer

// A template whose fields of fixed width are written over.
type template struct {
	text                        []byte
	callers, callees, runs, seq []int
}

func newTemplate(text, host, own string) template {
	text = strings.NewReplacer("HOST", host, "OWN", own).Replace(text)
	places := func(name string) (found []int) {
		for at := 0; ; at++ {
			next := strings.Index(text[at:], name)
			if next < 0 {
				return
			}
			at += next
			found = append(found, at)
		}
	}
	return template{[]byte(text), places("CALLER......"), places("CALLEE......."), places("RUN....."), places("SEQ.....")}
}

func (t template) write(into []byte, caller, callee uint64, run, seq uint32) int {
	size := copy(into, t.text)
	for _, at := range t.callers {
		decimal(into[at:at+12], caller)
	}
	for _, at := range t.callees {
		decimal(into[at:at+13], callee)
	}
	for _, at := range t.runs {
		hexadecimal(into[at:at+8], run)
	}
	for _, at := range t.seq {
		hexadecimal(into[at:at+8], seq)
	}
	return size
}

func decimal(into []byte, value uint64) {
	for i := len(into) - 1; i >= 0; i-- {
		into[i] = byte('0' + value%10)
		value /= 10
	}
}

func hexadecimal(into []byte, value uint32) {
	for i := range into {
		into[i] = "0123456789abcdef"[value>>(28-4*i)&15]
	}
}

// sequence reads what hexadecimal wrote; false when it was something else.
func sequence(text []byte) (value uint32, good bool) {
	for _, c := range text {
		digit := strings.IndexByte("0123456789abcdef", c)
		if digit < 0 {
			return 0, false
		}
		value = value<<4 | uint32(digit)
	}
	return value, true
}

// The ranges of facts.py.
type numbers struct{ subscribers, numbers, firms, firstSubscriber, firstNumber uint64 }

// of answers the caller and callee of a call: the same ones whenever it is asked about the same call.
func (n numbers) of(run, seq uint32) (caller, callee uint64) {
	state := uint64(run)<<32 | uint64(seq)
	below := func(limit uint64) uint64 { // splitmix64
		state += 0x9e3779b97f4a7c15
		x := (state ^ state>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		high, _ := bits.Mul64(x^x>>31, limit)
		return high
	}
	state *= 0xd1342543de82ef95 // neighbours are to begin far from each other
	subscriber := below(n.subscribers)
	number := below(n.numbers/n.firms) * n.firms
	if below(2) == 0 {
		number += subscriber * 7 % n.firms // facts.principal_of
	} else {
		number += below(n.firms)
	}
	return n.firstNumber + number, n.firstSubscriber + subscriber
}

type result struct {
	Sent       int            `json:"sent"`
	Answered   int            `json:"answered"`
	Lost       int            `json:"lost"`
	Late       int            `json:"late"`
	Duplicates int            `json:"duplicates"`
	Seconds    float64        `json:"seconds"`
	Rate       float64        `json:"rate"` // answers a second
	P50        float64        `json:"p50_ms"`
	P99        float64        `json:"p99_ms"`
	P999       float64        `json:"p999_ms"`
	Max        float64        `json:"max_ms"`
	Core       float64        `json:"core"` // share of a core that this generator took
	Codes      map[string]int `json:"codes"`
}

type load struct {
	socket       int
	run          uint32
	numbers      numbers
	invite, ack  template
	acknowledges bool
	out, back    *messages
	begun        []int64 // ns at which each call began; 0 once it is answered
	times        []int32 // µs
	codes        [1000]int
	answered     int
	result       result
}

func (l *load) send(now int64, due func(i int) int64, count int) {
	for i := 0; i < count; i++ {
		seq := uint32(len(l.begun))
		caller, callee := l.numbers.of(l.run, seq)
		l.out.parts[i].Len = uint64(l.invite.write(l.out.bytes[i][:], caller, callee, l.run, seq))
		l.begun = append(l.begun, due(i))
	}
	l.out.send(l.socket, count)
}

// receive takes what has come, batch after batch; whether anything had.
func (l *load) receive(clock func() int64) bool {
	count := l.back.receive(l.socket)
	if count == 0 {
		return false
	}
	now, acks := clock(), 0
	for i := 0; i < count; i++ {
		text := l.back.bytes[i][:l.back.heads[i].length]
		at := bytes.Index(text, []byte("z9hG4bK"))
		if at < 0 || len(text) < at+23 {
			continue
		}
		seq, good := sequence(text[at+15 : at+23])
		if !good || int(seq) >= len(l.begun) {
			continue
		}
		if l.begun[seq] == 0 {
			l.result.Duplicates++
			continue
		}
		code := 0 // of an echo
		if bytes.HasPrefix(text, []byte("SIP/2.0 ")) {
			code = int(text[8]&15)*100 + int(text[9]&15)*10 + int(text[10]&15)
		}
		if code >= 100 && code < 200 {
			continue
		}
		l.codes[code%len(l.codes)]++
		l.times = append(l.times, int32((now-l.begun[seq])/1000))
		if now-l.begun[seq] > patient {
			l.result.Late++
		}
		l.begun[seq] = 0
		l.answered++
		if l.acknowledges {
			l.acknowledge(acks, seq, text)
			acks++
		}
	}
	l.out.send(l.socket, acks)
	return true
}

// acknowledge makes the ACK of an answer: to a final answer that is no 2xx, with its branch (RFC 3261 17.1.1.3).
func (l *load) acknowledge(place int, seq uint32, answer []byte) {
	caller, callee := l.numbers.of(l.run, seq)
	into := l.out.bytes[place][:]
	size := l.ack.write(into, caller, callee, l.run, seq)
	if at := bytes.Index(answer, []byte("\r\nTo: ")); at >= 0 {
		line := answer[at+6:]
		line = line[:bytes.Index(line, []byte("\r\n"))]
		if tag := bytes.Index(line, []byte(";tag=")); tag >= 0 {
			size += copy(into[size:], line[tag:])
		}
	}
	size += copy(into[size:], "\r\n\r\n")
	l.out.parts[place].Len = uint64(size)
}

// drive sends until the seconds are over: `rate` a second, or with `window` outstanding when that is given.
func (l *load) drive(seconds float64, rate float64, window int) {
	start := time.Now()
	clock := func() int64 { return int64(time.Since(start)) + 1 }
	end, last := int64(seconds*1e9), int64(0)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	for now := clock(); now < end && len(stop) == 0 && len(l.begun)+batch < most; now = clock() {
		sent, count := len(l.begun), 0
		due := func(int) int64 { return now }
		if window > 0 {
			count = window - (sent - l.answered)
		} else {
			count = int(float64(now)/1e9*rate) + 1 - sent
			due = func(i int) int64 { return int64(float64(sent+i)/rate*1e9) + 1 }
		}
		if count > batch {
			count = batch
		}
		if count > 0 {
			l.send(now, due, count)
			last = now
		}
		if l.receive(clock) || count == batch {
			continue
		}
		if window == 0 { // in a closed loop the core is the generator's own: to be woken would cost the server's core
			wait(l.socket, int64(float64(len(l.begun))/rate*1e9)+1-clock())
		}
	}
	l.result.Seconds = float64(clock()) / 1e9
	l.result.Rate = float64(l.answered) / l.result.Seconds
	for clock() < last+patient && l.answered < len(l.begun) {
		if !l.receive(clock) {
			wait(l.socket, patient/100)
		}
	}
}

func (l *load) tell() result {
	r := l.result
	r.Sent, r.Answered, r.Lost = len(l.begun), l.answered, len(l.begun)-l.answered
	sort.Slice(l.times, func(i, j int) bool { return l.times[i] < l.times[j] })
	share := func(part float64) float64 {
		if len(l.times) == 0 {
			return 0
		}
		return float64(l.times[int(part*float64(len(l.times)-1))]) / 1000
	}
	r.P50, r.P99, r.P999, r.Max = share(0.5), share(0.99), share(0.999), share(1)
	r.Codes = map[string]int{}
	for code, count := range l.codes {
		if count > 0 {
			r.Codes[fmt.Sprint(code)] = count
		}
	}
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	r.Core = float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9 / r.Seconds
	return r
}

func main() {
	log.SetFlags(0)
	to := flag.String("to", "127.0.0.1:5060", "the server")
	echoes := flag.String("echo", "", "be an echo at this address instead")
	seconds := flag.Float64("seconds", 5, "how long calls are sent")
	rate := flag.Float64("rate", 0, "calls a second, evenly paced")
	window := flag.Int("window", 64, "calls outstanding, when no rate is given")
	acks := flag.Bool("ack", false, "acknowledge every final answer")
	var n numbers
	flag.Uint64Var(&n.subscribers, "subscribers", 1000, "facts.SUBSCRIBERS")
	flag.Uint64Var(&n.numbers, "numbers", 1000, "facts.NUMBERS")
	flag.Uint64Var(&n.firms, "firms", 10, "facts.FIRMS")
	flag.Uint64Var(&n.firstSubscriber, "first-subscriber", 8613800000000, "facts.FIRST_SUBSCRIBER, 13 digits")
	flag.Uint64Var(&n.firstNumber, "first-number", 864000000000, "facts.FIRST_NUMBER, 12 digits")
	flag.Parse()
	debug.SetGCPercent(-1)
	if *echoes != "" {
		echo(netip.MustParseAddrPort(*echoes))
	}
	server, failed := netip.ParseAddrPort(*to)
	check(failed, "-to")
	socket := open()
	check(syscall.Connect(socket, &syscall.SockaddrInet4{Port: int(server.Port()), Addr: server.Addr().As4()}), "connect")
	name, failed := syscall.Getsockname(socket)
	check(failed, "socket")
	own := name.(*syscall.SockaddrInet4)
	me := netip.AddrPortFrom(netip.AddrFrom4(own.Addr), uint16(own.Port)).String()
	rand.Seed(time.Now().UnixNano())
	l := load{
		socket: socket, run: rand.Uint32(), numbers: n, acknowledges: *acks,
		invite: newTemplate(invite, *to, me), ack: newTemplate(ack, *to, me),
		out: newMessages(), back: newMessages(), begun: make([]int64, 0, most), times: make([]int32, 0, most),
	}
	if *rate > 0 {
		*window = 0
	}
	l.drive(*seconds, *rate, *window)
	check(json.NewEncoder(os.Stdout).Encode(l.tell()), "stdout")
}
