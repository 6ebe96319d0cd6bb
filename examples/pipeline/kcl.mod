[package]
name = "__WORKSPACE__"
version = "0.1.0"
