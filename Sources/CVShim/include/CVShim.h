/// Every C++ family behind plain C headers; two Swift importers (Imaging, Photogrammetry).
#ifndef CVSHIM_H
#define CVSHIM_H
#include "CVSBase.h"
#include "CVSBundle.h"
#include "CVSCamera.h"
#include "CVSCodec.h"
#include "CVSContour.h"
#include "CVSCover.h"
#include "CVSDense.h"
#include "CVSFeatures.h"
#include "CVSImage.h"
#include "CVSInfer.h"
#include "CVSMatte.h"
#include "CVSMesh.h"
#include "CVSModel.h"
#include "CVSPlates.h"
#include "CVSPoints.h"
#include "CVSRing.h"
#include "CVSScene.h"
#include "CVSSilhouette.h"
#include "CVSTruth.h"
#include "CVSTwoView.h"
#endif
