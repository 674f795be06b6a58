using System.Reflection;
using System.Runtime.InteropServices;

namespace Tandem.Sqlite;

/// <summary>Chooses the SQLite library: the system's own where there is one (kept up to date by the system), else the bundled one.</summary>
internal static class SqliteNative
{
    private static readonly Lazy<bool> s_initialized = new(() =>
    {
        var provider = Assembly.Load("SQLitePCLRaw.provider.e_sqlite3");
        NativeLibrary.SetDllImportResolver(provider, (name, _, _) =>
            name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : IntPtr.Zero);
        SQLitePCL.Batteries_V2.Init();
        return true;
    });

    public static void Initialize() => _ = s_initialized.Value;
}
