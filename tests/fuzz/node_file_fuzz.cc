// Node files of any text, with overrides of any text: understood or refused.

#include <cstdint>
#include <string>

#include "metadata/config/node_file.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  barnabas::fuzz::FuzzInput input(data, size);
  barnabas::config::NodeFile file;
  file.name = "node.yaml";
  const size_t overrides = input.Below(3);
  for (size_t i = 0; i < overrides; ++i) {
    const std::string name(input.Text(60));
    const std::string value(input.Text(60));
    const auto made = barnabas::config::OverrideOfVariable(name, value);
    file.overrides.push_back(made.value_or(name + "=" + value));
  }
  file.text = std::string(input.Rest());
  barnabas::config::ParseBrokerNode(file).status().IgnoreError();
  barnabas::config::ParseControllerNode(file).status().IgnoreError();
  return 0;
}
