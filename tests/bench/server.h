/*
 * A fast server for benchmarks, in threads of the same process, on a loopback port that it picks:
 * direct TLS (TLS 1.3), SASL PLAIN with any password, resource binding. After a client's first
 * presence it does what the mode says.
 */
#pragma once

#include "protocol/base/bytes.h"

#include <stdatomic.h>

enum bench_mode {
	BENCH_IDLE,  /* sends nothing more */
	BENCH_BLAST, /* sends `corpus` `rounds` times in records of 16 KiB, then <message id='END'/>
		      */
};

struct bench_server {
	enum bench_mode mode;
	struct strview corpus;
	unsigned rounds;
	uint16_t port;
	char ca_file[256];    /* PEM, to be trusted */
	atomic_uint n_ready;  /* clients that have sent presence */
	atomic_ulong n_read;  /* lines that the subscriber has read: */
	unsigned long window; /* never more stanzas ahead of it; its queue is bounded */
	unsigned n_stanzas;   /* in the corpus */
	int listener;
};

/* Makes a certificate for `domain` in `dir` and begins to listen. 0 or negative errno. */
int bench_server_start(struct bench_server *s, const char *dir, const char *domain);
