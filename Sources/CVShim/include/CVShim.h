/// Every C++ family behind plain C headers; one Swift importer (Imaging).
#ifndef CVSHIM_H
#define CVSHIM_H
#include "CVSBase.h"
#include "CVSCodec.h"
#include "CVSContour.h"
#include "CVSImage.h"
#include "CVSInfer.h"
#include "CVSMatte.h"
#include "CVSScene.h"
#include "CVSTruth.h"
#endif
