namespace NodeMesh.Metrics;

/// <summary>How measurements of an instrument are put together.</summary>
internal enum InstrumentKind
{
    /// <summary>Amounts that add up.</summary>
    Counter,

    /// <summary>Amounts, negative ones too, that add up to a level.</summary>
    UpDownCounter,

    /// <summary>The last value counts.</summary>
    Gauge,

    /// <summary>A distribution.</summary>
    Histogram,

    /// <summary>A total, read at each scrape.</summary>
    ObservedCounter,

    /// <summary>A level, read at each scrape.</summary>
    ObservedGauge,
}
