using Microsoft.Extensions.DependencyInjection;

namespace Tandem.Web;

/// <summary>What further calls add to a Tandem.</summary>
/// <param name="Services">The services of the application.</param>
public sealed record TandemBuilder(IServiceCollection Services);
