//! Stacks.

use super::*;

struct Client {
    registry: Registry,
}

#[circuit_breaker("outer", registry = self.registry)]
#[circuit_breaker("inner", registry = self.registry)]
impl Client {
    fn both(&self) -> Answer {
        Ok(1)
    }

    #[circuit_breaker("own outer", registry = self.registry)]
    #[circuit_breaker("own inner", registry = self.registry)]
    fn own(&self) -> Answer {
        Ok(2)
    }

    #[circuit_breaker(skip)]
    fn neither(&self) -> Answer {
        Ok(3)
    }
}

#[test]
fn a_block_s_attributes_apply_as_written() {
    let client = Client {
        registry: registry(),
    };
    assert_eq!(client.both(), Ok(1));
    open(&client.registry, "inner");
    assert_eq!(client.both(), rejected("inner"));
    assert_eq!(counts(&client.registry, "outer"), (1, 1));
    open(&client.registry, "outer");
    assert_eq!(client.both(), rejected("outer"));
}

#[test]
fn a_method_s_own_stack_takes_the_place_of_the_block_s() {
    let client = Client {
        registry: registry(),
    };
    open(&client.registry, "outer");
    open(&client.registry, "inner");
    assert_eq!(client.own(), Ok(2));
    assert_eq!(client.neither(), Ok(3));
    open(&client.registry, "own inner");
    assert_eq!(client.own(), rejected("own inner"));
    open(&client.registry, "own outer");
    assert_eq!(client.own(), rejected("own outer"));
}
