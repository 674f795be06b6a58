using Microsoft.Extensions.Logging;

namespace Tandem.PostgreSql;

/// <summary>Chooses a PostgreSQL database for an application.</summary>
public static class PgTandemOptions
{
    /// <summary>Uses a PostgreSQL database.</summary>
    public static TandemOptions UsePostgreSql(this TandemOptions options, string address, Action<PgOptions>? configure = null)
    {
        options.Open = async (services, cancellationToken) =>
        {
            var postgres = new PgOptions { Refine = options.Refine };
            configure?.Invoke(postgres);
            return await PgDatabase.OpenAsync(address, postgres, services.GetService(typeof(ILoggerFactory)) as ILoggerFactory, cancellationToken).ConfigureAwait(false);
        };
        return options;
    }
}
