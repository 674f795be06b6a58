using System.Globalization;
using Npgsql;

namespace Tandem.PostgreSql;

/// <summary>Reads a database's address: a <c>postgresql://</c> URI (as libpq has it) or Npgsql's key-value form.</summary>
public static class PgConnectionText
{
    /// <summary>Whether a text looks like an address of a PostgreSQL database.</summary>
    public static bool IsAddress(string text) =>
        text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || (text.Contains('=', StringComparison.Ordinal) && (text.Contains("host=", StringComparison.OrdinalIgnoreCase) || text.Contains("server=", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The text is no such address; the message says what is wrong, without the password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var builder = text.Contains("://", StringComparison.Ordinal) ? FromUri(text) : new NpgsqlConnectionStringBuilder(text);
            builder.Timezone = "UTC";
            builder.ApplicationName ??= "Tandem";
            return builder;
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or FormatException or KeyNotFoundException)
        {
            throw new FormatException("This is not an address of a PostgreSQL database. Write it as postgresql://user:password@host:5432/database.", e);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUri(string text)
    {
        var uri = new Uri(text);
        var builder = new NpgsqlConnectionStringBuilder();
        if (uri.Host.Length > 0)
        {
            builder.Host = Uri.UnescapeDataString(uri.Host);
        }

        if (uri.Port > 0)
        {
            builder.Port = uri.Port;
        }

        var user = uri.UserInfo.Split(':', 2);
        builder.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : Environment.UserName;
        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        builder.Database = database.Length > 0 ? database : builder.Username;
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            var value = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
            switch (pair[0])
            {
                case "sslmode":
                    builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                    break;
                case "application_name":
                    builder.ApplicationName = value;
                    break;
                case "connect_timeout":
                    builder.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "host":
                    builder.Host = value;
                    break;
                case "port":
                    builder.Port = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "user":
                    builder.Username = value;
                    break;
                case "password":
                    builder.Password = value;
                    break;
                case "sslrootcert":
                    builder.RootCertificate = value;
                    break;
                case "options":
                    builder.Options = value;
                    break;
                default:
                    throw new FormatException($"Unknown option '{pair[0]}'.");
            }
        }

        builder.Host ??= "localhost";
        return builder;
    }
}
