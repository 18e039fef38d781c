#include "client/serving/held_bytes.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_replace.h"

namespace barnabas::rpc {

std::string PlainPeer(const std::string& name) {
  for (const std::string_view scheme : {"ipv4:", "ipv6:"}) {
    const size_t at = name.find(scheme);
    if (at == std::string::npos) continue;
    return absl::StrReplaceAll(name.substr(at + scheme.size()),
                               {{"%5B", "["}, {"%5D", "]"}});
  }
  return name;
}

HeldBytes::Share::~Share() {
  account_->bytes -= added_;
  owner_->Close(account_);
}

void HeldBytes::Share::Add(int64_t bytes) {
  added_ += bytes;
  account_->bytes += bytes;
}

std::unique_ptr<HeldBytes::Share> HeldBytes::Open(const std::string& peer) {
  std::string plain = PlainPeer(peer);
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<Account>& account = accounts_[plain];
  if (account == nullptr) {
    account = std::make_unique<Account>(std::move(plain));
  }
  ++account->shares;
  return std::make_unique<Share>(this, account.get());
}

int64_t HeldBytes::Of(const std::string& peer) const {
  absl::MutexLock lock(&mutex_);
  const auto found = accounts_.find(peer);
  return found == accounts_.end() ? 0 : found->second->bytes.load();
}

void HeldBytes::Close(Account* account) {
  absl::MutexLock lock(&mutex_);
  if (--account->shares == 0) accounts_.erase(account->peer);
}

}  // namespace barnabas::rpc
