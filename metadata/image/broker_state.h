// BrokerState: one registered broker as the metadata knows it.
//
// Units: registered_ms is wall time; epoch is the metadata offset of the
//   registration. Empty case: none; a broker exists once it registered.
// Thread: a plain value. Errors: none.
#ifndef BARNABAS_METADATA_IMAGE_BROKER_STATE_H_
#define BARNABAS_METADATA_IMAGE_BROKER_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/types/ids.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

struct BrokerEndpoint {
  // "client", "peer", "http".
  std::string listener;
  std::string host;
  int32_t port = 0;

  bool operator==(const BrokerEndpoint&) const = default;
};

struct BrokerState {
  BrokerId id;
  BrokerEpoch epoch;
  Uuid incarnation;
  Uuid directory;
  std::string rack;
  std::vector<BrokerEndpoint> endpoints;
  std::string version;
  int64_t registered_ms = 0;
  bool fenced = true;
  bool stopping = false;

  bool operator==(const BrokerState&) const = default;

  // May lead and be given new replicas.
  bool IsEligible() const { return !fenced && !stopping; }
  // nullptr if the broker has no such listener.
  const BrokerEndpoint* FindEndpoint(std::string_view listener) const {
    for (const BrokerEndpoint& endpoint : endpoints) {
      if (endpoint.listener == listener) return &endpoint;
    }
    return nullptr;
  }
};

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_BROKER_STATE_H_
