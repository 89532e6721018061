pub fn load(_n: &str, _p: Option<&std::path::Path>) -> crate::error::Result<super::model::Model> { todo!() }
