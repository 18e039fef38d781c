#include "tools/cli/completion/completer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/cli/frame/parser.h"

namespace barnabas::cli {
namespace {

using Words = std::vector<std::string>;

bool IsRefused(const Command& command) {
  return !command.refused.empty() ||
         (!command.children.empty() &&
          std::all_of(command.children.begin(), command.children.end(),
                      [](const Command& c) { return !c.refused.empty(); }));
}

const Command* ChildOf(const Command& command, const std::string& word) {
  for (const Command& child : command.children) {
    if (child.name == word ||
        std::count(child.aliases.begin(), child.aliases.end(), word) > 0) {
      return &child;
    }
  }
  return nullptr;
}

// "info|warning|error" as words; anything else has none.
Words ChoicesIn(const std::string& value) {
  if (value.find('|') == std::string::npos) return {};
  for (const char c : value) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '|' || c == '-';
    if (!plain) return {};
  }
  return absl::StrSplit(value, '|');
}

// Where the words led to.
class Walk {
 public:
  Walk(const Command& root, const std::vector<Flag>& globals)
      : globals_(globals), path_{&root} {}

  void Take(const std::string& word) {
    if (pending_ != nullptr) {
      Set(*std::exchange(pending_, nullptr), word);
    } else if (dashes_) {
      arguments_.push_back(word);
    } else if (word == "--") {
      dashes_ = true;
    } else if (word.size() > 1 && word[0] == '-') {
      TakeFlag(word);
    } else if (const Command* child = ChildOf(command(), word)) {
      path_.push_back(child);
    } else {
      arguments_.push_back(word);
    }
  }

  const Command& command() const { return *path_.back(); }
  const Command& root() const { return *path_.front(); }
  const Words& arguments() const { return arguments_; }
  bool dashes() const { return dashes_; }
  // The flag whose value comes next.
  const Flag* pending() const { return pending_; }

  // Of the command, those above it, and everywhere.
  std::vector<const Flag*> Flags() const {
    std::vector<const Flag*> flags;
    for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
      for (const Flag& flag : (*at)->flags) flags.push_back(&flag);
    }
    for (const Flag& flag : globals_) flags.push_back(&flag);
    return flags;
  }

  const Flag* FindFlag(const std::string& name) const {
    for (const Flag* flag : Flags()) {
      const Words names = NamesOf(*flag);
      if (std::count(names.begin(), names.end(), name) > 0) return flag;
    }
    return nullptr;
  }

 private:
  void TakeFlag(const std::string& word) {
    const size_t equal = word.find('=');
    const bool is_long = word[1] == '-';
    const std::string name =
        is_long ? word.substr(0, equal) : word.substr(0, 2);
    const Flag* flag = FindFlag(name);
    if (flag == nullptr || flag->value.empty()) return;
    if (equal != std::string::npos) {
      Set(*flag, word.substr(equal + 1));
    } else if (!is_long && word.size() > 2) {
      Set(*flag, word.substr(2));
    } else if (flag->bare.empty()) {
      pending_ = flag;
    }
  }

  // Only global flags matter to what is offered.
  void Set(const Flag& flag, const std::string& value) {
    for (const Flag& global : globals_) {
      if (&global == &flag && flag.set) flag.set(value).IgnoreError();
    }
  }

  const std::vector<Flag>& globals_;
  std::vector<const Command*> path_;
  Words arguments_;
  const Flag* pending_ = nullptr;
  bool dashes_ = false;
};

Offers Plain(std::vector<Offer> values, int directive = kNoFiles) {
  return {std::move(values), directive};
}

// Puts "=" behind keys whose value comes next.
Offers Assigned(std::vector<Offer> keys) {
  for (Offer& key : keys) key.value += '=';
  return {std::move(keys), kNoFiles | kNoSpace};
}

Offers CommandNames(const Command& command) {
  Offers offers;
  for (const Command& child : command.children) {
    if (child.summary.empty() || IsRefused(child)) continue;
    offers.values.push_back({child.name, child.summary});
  }
  return offers;
}

Offers FlagNames(const Walk& walk) {
  Offers offers;
  for (const Flag* flag : walk.Flags()) {
    if (!flag->refused.empty()) continue;
    const Words names = absl::StrSplit(flag->names, ',');
    offers.values.push_back({names.back(), flag->help});
  }
  offers.values.push_back({"--help", "Show help"});
  return offers;
}

bool IsScope(const std::string& word) {
  return word == "cluster" || word.find('/') != std::string::npos;
}

// [SCOPE] KEY...: the scope may be the first argument only.
Offers Scoped(const Walk& walk, const std::string& word, bool assigned,
              NameSource* names) {
  const Words& given = walk.arguments();
  const bool first = given.empty();
  if (first && word.starts_with("topic/")) {
    std::vector<Offer> topics = names->Topics(word.substr(6));
    for (Offer& topic : topics) topic.value = "topic/" + topic.value;
    return Plain(std::move(topics));
  }
  if (first && word.starts_with("broker/")) {
    std::vector<Offer> brokers = names->Brokers();
    for (Offer& broker : brokers) broker.value = "broker/" + broker.value;
    return Plain(std::move(brokers));
  }
  const std::string scope = !first && IsScope(given[0]) ? given[0] : "cluster";
  Offers offers =
      assigned ? Assigned(names->Keys(scope)) : Plain(names->Keys(scope));
  if (!first) return offers;
  for (const char* form : {"topic/", "broker/"}) {
    offers.values.push_back({form, "Settings of one of them"});
  }
  offers.directive |= kNoSpace;
  return offers;
}

Offers ValuesOf(Completes kind, const Walk& walk, const std::string& word,
                NameSource* names) {
  switch (kind) {
    case Completes::kNothing:
      return {};
    case Completes::kFile:
      return Plain({}, kFiles);
    case Completes::kTopic:
      return Plain(names->Topics(word));
    case Completes::kBroker:
      return Plain(names->Brokers());
    case Completes::kContext:
      return Plain(names->Contexts());
    case Completes::kTopicSetting:
      return Assigned(names->Keys("topic"));
    case Completes::kTopicKey:
      return Plain(names->Keys("topic"));
    case Completes::kScopedSetting:
      return Scoped(walk, word, true, names);
    case Completes::kScopedKey:
      return Scoped(walk, word, false, names);
    case Completes::kMethod:
      return Plain(names->Methods());
    case Completes::kCommand: {
      const Command* at = &walk.root();
      for (const std::string& given : walk.arguments()) {
        at = at == nullptr ? nullptr : ChildOf(*at, given);
      }
      return at == nullptr ? Offers() : CommandNames(*at);
    }
  }
  return {};
}

Offers FlagValues(const Flag& flag, const Walk& walk, const std::string& word,
                  NameSource* names) {
  Offers offers = ValuesOf(flag.completes, walk, word, names);
  for (std::string& choice : ChoicesIn(flag.value)) {
    offers.values.push_back({std::move(choice), ""});
  }
  return offers;
}

Offers ArgumentValues(const Walk& walk, const std::string& word,
                      NameSource* names) {
  size_t left = walk.arguments().size();
  for (const Argument& argument : walk.command().arguments) {
    if (argument.max < 0 || left < static_cast<size_t>(argument.max)) {
      return ValuesOf(argument.completes, walk, word, names);
    }
    left -= static_cast<size_t>(argument.max);
  }
  return {};
}

Offers Candidates(const Walk& walk, const std::string& word,
                  NameSource* names) {
  if (walk.pending() != nullptr) {
    return FlagValues(*walk.pending(), walk, word, names);
  }
  if (!walk.dashes() && word.starts_with("-")) {
    const size_t equal = word.find('=');
    if (equal == std::string::npos) return FlagNames(walk);
    const Flag* flag = walk.FindFlag(word.substr(0, equal));
    if (flag == nullptr) return {};
    Offers offers = FlagValues(*flag, walk, word.substr(equal + 1), names);
    for (Offer& offer : offers.values) {
      offer.value = absl::StrCat(word.substr(0, equal + 1), offer.value);
    }
    return offers;
  }
  if (!walk.command().children.empty()) return CommandNames(walk.command());
  return ArgumentValues(walk, word, names);
}

}  // namespace

Offers CompleteWords(const Command& root, const std::vector<Flag>& globals,
                     const std::vector<std::string>& words, NameSource* names) {
  Walk walk(root, globals);
  for (size_t i = 0; i + 1 < words.size(); ++i) walk.Take(words[i]);
  const std::string word = words.empty() ? "" : words.back();
  Offers offers = Candidates(walk, word, names);
  std::erase_if(offers.values, [&word](const Offer& offer) {
    return !offer.value.starts_with(word);
  });
  return offers;
}

}  // namespace barnabas::cli
