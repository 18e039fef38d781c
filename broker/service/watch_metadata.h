// WatchMetadata: a snapshot of the metadata, then change after change.
//
// What: a server stream fed by the metadata board. A watcher that reads too
//   slowly gets a new snapshot instead of the changes it missed.
// Units: versions are offsets of the metadata log.
// Empty case: steps that touch nothing asked for are not sent.
// Thread: gRPC's threads and the board's caller; a mutex inside.
// Errors: LIMIT_EXCEEDED for too many names, OVERLOADED from the board;
//   SHUTTING_DOWN at the end.
#ifndef BARNABAS_BROKER_SERVICE_WATCH_METADATA_H_
#define BARNABAS_BROKER_SERVICE_WATCH_METADATA_H_

#include <grpcpp/support/server_callback.h>

#include "barnabas/v1/discovery.pb.h"
#include "broker/service/metadata_board.h"
#include "broker/service/open_streams.h"

namespace barnabas::broker {

// The reactor owns itself.
grpc::ServerWriteReactor<v1::WatchMetadataResponse>* StartWatch(
    MetadataBoard* board, OpenStreams* streams,
    const v1::WatchMetadataRequest& request);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_WATCH_METADATA_H_
