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

// Levels of a feature that a node understands.
struct FeatureRange {
  std::string name;
  int32_t min = 1;
  int32_t max = 1;

  bool operator==(const FeatureRange&) const = default;
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
  // No new replicas, and no leadership where another replica may have it.
  bool draining = false;
  // Features that are not listed: 1 and nothing else.
  std::vector<FeatureRange> features;

  bool operator==(const BrokerState&) const = default;

  // May lead.
  bool IsEligible() const { return !fenced && !stopping; }
  // May be given new replicas, and leadership before others.
  bool IsWelcome() const { return IsEligible() && !draining; }
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
