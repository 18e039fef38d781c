// ClientOptions: what producer, consumer and admin need to reach a cluster.
//
// Units: absl::Duration. Empty case: no bootstrap means "localhost:9292".
// Thread: a plain value. Errors: none here; Create functions check.
#ifndef BARNABAS_CLIENT_CLIENT_OPTIONS_H_
#define BARNABAS_CLIENT_CLIENT_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace barnabas::client {

struct ClientOptions {
  // "host:port" of any brokers (or controllers, for admin calls).
  std::vector<std::string> bootstrap;
  // Tells this client from others in logs and quotas.
  std::string client_name = "barnabas-cpp";
  // Deadline of one unary call.
  absl::Duration request_timeout = absl::Seconds(30);
  // Waits between attempts: first, and at most (doubling, with jitter).
  absl::Duration backoff_first = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(1);
  // Metadata older than this is asked for again.
  absl::Duration metadata_age_max = absl::Minutes(5);
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CLIENT_OPTIONS_H_
