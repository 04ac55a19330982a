#include "ganbar/core/state.h"

#include <gtest/gtest.h>

#include "ganbar/core/error.h"
#include "ganbar/core/test_matrix.h"

namespace ganbar {
namespace {

TEST(State, TensorsAreFoundByNameAndSize) {
    const State state = {{"a/w", {1, 2, 3}}, {"a/none", {}}};
    EXPECT_EQ(find_tensor(state, "a/w").size(), 3u);
    EXPECT_EQ(find_tensor(state, "a/w", 3)[2], 3);
    EXPECT_TRUE(find_tensor_or_empty(state, "a/none", 3).empty());
    EXPECT_EQ(find_tensor_or_empty(state, "a/w", 3).size(), 3u);
    EXPECT_THROW(find_tensor(state, "a/w", 4), DataError);
    EXPECT_THROW(find_tensor(state, "a/none", 3), DataError);
    EXPECT_THROW(find_tensor_or_empty(state, "a/w", 4), DataError);
    try {
        find_tensor(state, "b/w");
        ADD_FAILURE();
    } catch (const DataError& e) {
        EXPECT_NE(std::string(e.what()).find("\"b/w\""), std::string::npos) << e.what();
    }
}

TEST(State, MatricesGoFlatAndComeBack) {
    const Matrix m = test::random_matrix(3, 5, 1);  // rows are padded
    const auto values = flatten(m);
    ASSERT_EQ(values.size(), 15u);
    EXPECT_EQ(values[7], m(1, 2));
    const Matrix back = unflattened(values, 3, 5);
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 5; ++c) EXPECT_EQ(back(r, c), m(r, c));
    EXPECT_TRUE(unflattened({}, 3, 5).empty());
    EXPECT_TRUE(flatten(Matrix()).empty());
}

}  // namespace
}  // namespace ganbar
