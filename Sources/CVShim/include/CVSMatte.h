#ifndef CVS_MATTE_H
#define CVS_MATTE_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin
#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
