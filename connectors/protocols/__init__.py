"""What the province's systems share. What any system may use is in the engine: `lienthong.connectors.protocols`."""
