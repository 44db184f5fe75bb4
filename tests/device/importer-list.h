/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The importers of the matrix, and what is expected of each. */
#pragma once

#include "matrix-cell.h"

/* Ends with one that has no name. */
extern const Importer importers[];
