namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>What an endpoint is told of a try. Tries of one request may run at once, so the request's own count is not it.</summary>
/// <param name="Number">Which try it is, from 1.</param>
/// <param name="Left">How long the endpoint's answer is waited for; zero for no limit.</param>
internal readonly record struct TryTerms(int Number, TimeSpan Left);
