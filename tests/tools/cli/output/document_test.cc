#include "tools/cli/output/document.h"

#include <string>

#include "barnabas/v1/topic_admin.pb.h"
#include "gtest/gtest.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

Document Example() {
  v1::ListTopicsResponse reply;
  for (const char* name : {"b", "a"}) {
    v1::TopicSummary* topic = reply.add_topics();
    topic->set_name(name);
    topic->set_partitions(6);
    topic->set_retention_ms(-1);
  }
  Document document{TreeOf(reply), "topics", {}};
  document.sections.push_back(
      {"", {{{"NAME"}, {"PARTITIONS", true}}, {{"b", "6"}, {"a", "6"}}}});
  return document;
}

std::string Shown(const FormOptions& options) {
  const absl::StatusOr<std::string> text = Format(Example(), options);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.value_or("");
}

TEST(Document, JsonIsTheReplyWithDefaultsAndLongNumbersAsTexts) {
  const absl::StatusOr<Tree> tree = ParseJson(Shown({.form = Form::kJson}));
  ASSERT_TRUE(tree.ok()) << tree.status();
  const Tree& topic = tree->Find("topics")->items[0];
  EXPECT_EQ(topic.Find("name")->text, "b");
  EXPECT_EQ(topic.Find("partitions")->kind, Tree::Kind::kNumber);
  EXPECT_EQ(topic.Find("retentionMs")->kind, Tree::Kind::kText);
  EXPECT_EQ(topic.Find("underReplicated")->text, "0");
  EXPECT_EQ(tree->Find("nextPageToken")->text, "");
}

TEST(Document, JsonlIsOneItemALine) {
  const std::string text = Shown({.form = Form::kJsonl});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_TRUE(text.starts_with("{\"name\":\"b\""));
}

TEST(Document, YamlIsTheSameTree) {
  const std::string text = Shown({.form = Form::kYaml});
  EXPECT_TRUE(text.starts_with("topics:\n  - name: \"b\"\n") ||
              text.starts_with("topics:\n  - name: b\n"))
      << text;
  EXPECT_NE(text.find("retentionMs: \"-1\"\n"), std::string::npos) << text;
}

TEST(Document, NameAndTemplate) {
  EXPECT_EQ(Shown({.form = Form::kName}), "b\na\n");
  EXPECT_EQ(Shown({.form = Form::kTemplate,
                   .pattern = "{name}={partitions} {{}}\\n"}),
            "b=6 {}\na=6 {}\n");
}

TEST(Document, RefusesPlaceholdersThatAreNotThere) {
  const absl::StatusOr<std::string> text =
      Format(Example(), {.form = Form::kTemplate, .pattern = "{colour}"});
  EXPECT_EQ(ExitCodeOf(text.status()), 2);
}

TEST(Document, SortingAndFilteringReachTheTreeToo) {
  FormOptions options{.form = Form::kJsonl};
  options.shape.sort_by = "NAME";
  EXPECT_TRUE(Shown(options).starts_with("{\"name\":\"a\""));
  options.shape.filter = "NAME=b";
  EXPECT_TRUE(Shown(options).starts_with("{\"name\":\"b\""));
}

TEST(Tree, ReadsWhatItWrites) {
  const std::string json =
      R"({"a":[1,-2.5e3,true,false,null,"q\"\\\n\u001f"],"b":{},"c":[]})";
  const absl::StatusOr<Tree> tree = ParseJson(json);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ(ToJson(*tree, false), json);
  EXPECT_EQ(*ParseJson(ToJson(*tree, true)), *tree);
  EXPECT_EQ(ParseJson(R"("\ud83c\udf4f")")->text, "\xf0\x9f\x8d\x8f");
}

TEST(Tree, RefusesWhatIsNotJson) {
  for (const std::string text : {"", "{", "[1,]", "{\"a\"}", "tru", "1 2",
                                 "\"\\q\"", "\"\\ud83c\"", "\"open"}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
  EXPECT_FALSE(ParseJson(std::string(200, '[')).ok());
}

TEST(Tree, QuotesYamlThatWouldMeanSomethingElse) {
  Tree tree = Tree::Object();
  tree.Add("plain", Tree::Text("us-east.1/a"))
      .Add("no", Tree::Text("no"))
      .Add("number", Tree::Text("12"))
      .Add("empty", Tree::Text(""))
      .Add("list", Tree::List());
  EXPECT_EQ(ToYaml(tree),
            "plain: us-east.1/a\n\"no\": \"no\"\nnumber: \"12\"\nempty: \"\"\n"
            "list: []\n");
}

}  // namespace
}  // namespace barnabas::cli
