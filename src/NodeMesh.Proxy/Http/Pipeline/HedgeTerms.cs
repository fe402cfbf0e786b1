namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>How tries of a request run at once.</summary>
/// <param name="Delay">How long the newest try is waited for before another begins.</param>
/// <param name="Limit">How long each try may take to its response headers; zero for no limit.</param>
/// <param name="EndsLast">True where <paramref name="Delay"/> is the route's time-out of a try: when no other try may begin, the request is given up at it.</param>
internal readonly record struct HedgeTerms(TimeSpan Delay, TimeSpan Limit, bool EndsLast);
