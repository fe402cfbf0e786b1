// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// In-kernel forwarding of connections between two pods of one node: who may be paired (forward_establish.h), how messages move
// (forward_move.h), and how sockets are used (forward_watch.h). One object, as all of it shares its maps.

#include "nodemesh/forward_establish.h"
#include "nodemesh/forward_move.h"
#include "nodemesh/forward_watch.h"

char _license[] SEC("license") = "Dual BSD/GPL";
