//! `plain` on a block: its methods return a type of one's own, and none of them can fail.

use super::*;

#[derive(Debug, Clone, PartialEq)]
struct Level(u32);

struct Warehouse {
    registry: Registry,
}

#[circuit_breaker("warehouse", registry = self.registry, plain, fallback = unknown)]
impl Warehouse {
    fn level(&self, item: u32) -> Level {
        Level(item)
    }

    async fn level_later(&self, item: u32) -> Level {
        Level(item)
    }

    fn unknown(&self, _item: u32, _: PolicyError) -> Level {
        Level(0)
    }

    fn count(&self) -> u32 {
        7
    }
}

#[tokio::test]
async fn plain_on_a_block_guards_the_methods_of_its_own_types_and_leaves_numbers_alone() {
    let warehouse = Warehouse {
        registry: registry(),
    };
    assert_eq!(warehouse.level(3), Level(3));
    assert_eq!(warehouse.level_later(4).await, Level(4));

    let breaker = warehouse.registry.circuit_breaker("warehouse");
    assert_eq!(breaker.metrics().successful_calls, 2);
    breaker.transition_to_open().unwrap();
    assert_eq!(warehouse.level(3), Level(0));
    assert_eq!(warehouse.level_later(4).await, Level(0));
    assert_eq!(warehouse.count(), 7);
    assert_eq!(breaker.metrics().not_permitted_calls, 2);
}
