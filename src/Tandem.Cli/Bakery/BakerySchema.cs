namespace Tandem.Cli.Bakery;

/// <summary>The bakery's tables, as a careful owner of a small SQLite database would declare them.</summary>
internal static class BakerySchema
{
    public const string Tables = """
        CREATE TABLE categories (
          id INTEGER PRIMARY KEY,
          name VARCHAR(60) NOT NULL UNIQUE CHECK (length(name) > 0),
          description TEXT,
          sort_order INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE suppliers (
          id INTEGER PRIMARY KEY,
          name VARCHAR(100) NOT NULL UNIQUE,
          contact VARCHAR(100),
          email VARCHAR(200) CHECK (email LIKE '%@%'),
          phone VARCHAR(30),
          town VARCHAR(80) NOT NULL,
          rating INTEGER CHECK (rating BETWEEN 1 AND 5),
          organic BOOLEAN NOT NULL DEFAULT 0,
          contract_until DATE
        );
        CREATE TABLE ingredients (
          id INTEGER PRIMARY KEY,
          name VARCHAR(80) NOT NULL UNIQUE,
          supplier_id INTEGER REFERENCES suppliers (id) ON DELETE SET NULL,
          unit VARCHAR(10) NOT NULL CHECK (unit IN ('g', 'kg', 'ml', 'l', 'piece')),
          price_per_unit DECIMAL(10,4) NOT NULL CHECK (price_per_unit >= 0),
          in_stock DECIMAL(12,3) NOT NULL DEFAULT 0 CHECK (in_stock >= 0),
          reorder_at DECIMAL(12,3) NOT NULL DEFAULT 0,
          allergen VARCHAR(20) CHECK (allergen IN ('gluten', 'milk', 'egg', 'nuts', 'sesame', 'soya')),
          best_before DATE
        );
        CREATE TABLE products (
          id INTEGER PRIMARY KEY,
          category_id INTEGER NOT NULL REFERENCES categories (id) ON DELETE RESTRICT,
          name VARCHAR(80) NOT NULL UNIQUE CHECK (length(name) > 0),
          sku VARCHAR(12) NOT NULL UNIQUE,
          description TEXT,
          price DECIMAL(10,2) NOT NULL CHECK (price >= 0),
          weight_grams INTEGER CHECK (weight_grams > 0),
          status VARCHAR(12) NOT NULL DEFAULT 'available' CHECK (status IN ('available', 'seasonal', 'sold out', 'retired')),
          vegan BOOLEAN NOT NULL DEFAULT 0,
          since DATE NOT NULL,
          nutrition JSON,
          picture BLOB
        );
        CREATE TABLE recipes (
          id INTEGER PRIMARY KEY,
          product_id INTEGER NOT NULL UNIQUE REFERENCES products (id) ON DELETE CASCADE,
          name VARCHAR(100) NOT NULL,
          pieces INTEGER NOT NULL DEFAULT 1 CHECK (pieces > 0),
          oven_celsius INTEGER CHECK (oven_celsius BETWEEN 50 AND 320),
          bake_minutes INTEGER CHECK (bake_minutes > 0),
          start_at TIME NOT NULL DEFAULT '03:00',
          method TEXT
        );
        CREATE TABLE recipe_ingredients (
          recipe_id INTEGER NOT NULL REFERENCES recipes (id) ON DELETE CASCADE,
          ingredient_id INTEGER NOT NULL REFERENCES ingredients (id) ON DELETE RESTRICT,
          amount DECIMAL(10,3) NOT NULL CHECK (amount > 0),
          note VARCHAR(100),
          PRIMARY KEY (recipe_id, ingredient_id)
        );
        CREATE TABLE shops (
          code CHAR(3) PRIMARY KEY NOT NULL,
          name VARCHAR(80) NOT NULL UNIQUE,
          street VARCHAR(100) NOT NULL,
          town VARCHAR(80) NOT NULL,
          opens_at TIME NOT NULL,
          closes_at TIME NOT NULL
        );
        CREATE TABLE employees (
          id INTEGER PRIMARY KEY,
          first_name VARCHAR(50) NOT NULL,
          last_name VARCHAR(50) NOT NULL,
          job VARCHAR(20) NOT NULL CHECK (job IN ('owner', 'manager', 'baker', 'pastry chef', 'sales', 'driver', 'apprentice')),
          manager_id INTEGER REFERENCES employees (id) ON DELETE SET NULL,
          shop_code CHAR(3) NOT NULL REFERENCES shops (code) ON DELETE RESTRICT ON UPDATE CASCADE,
          email VARCHAR(200) NOT NULL UNIQUE,
          hired_on DATE NOT NULL,
          hourly_wage DECIMAL(6,2) NOT NULL CHECK (hourly_wage >= 0),
          active BOOLEAN NOT NULL DEFAULT 1
        );
        CREATE TABLE customers (
          id INTEGER PRIMARY KEY,
          name VARCHAR(100) NOT NULL,
          kind VARCHAR(12) NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'cafe', 'restaurant', 'hotel', 'office')),
          email VARCHAR(200) NOT NULL UNIQUE,
          phone VARCHAR(30),
          street VARCHAR(100),
          town VARCHAR(80),
          postcode VARCHAR(10),
          born_on DATE,
          newsletter BOOLEAN NOT NULL DEFAULT 0,
          credit_limit DECIMAL(10,2) CHECK (credit_limit >= 0),
          preferences JSON,
          created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
          notes TEXT
        );
        CREATE TABLE orders (
          id INTEGER PRIMARY KEY,
          customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,
          employee_id INTEGER REFERENCES employees (id) ON DELETE SET NULL,
          shop_code CHAR(3) NOT NULL REFERENCES shops (code) ON DELETE RESTRICT ON UPDATE CASCADE,
          ordered_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
          wanted_on DATE NOT NULL,
          wanted_at TIME,
          channel VARCHAR(8) NOT NULL DEFAULT 'counter' CHECK (channel IN ('counter', 'phone', 'web')),
          status VARCHAR(10) NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'baking', 'ready', 'collected', 'delivered', 'cancelled')),
          total DECIMAL(10,2) NOT NULL DEFAULT 0 CHECK (total >= 0),
          paid BOOLEAN NOT NULL DEFAULT 0,
          note TEXT
        );
        CREATE TABLE order_lines (
          order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
          line_number INTEGER NOT NULL CHECK (line_number > 0),
          product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE RESTRICT,
          quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity > 0),
          unit_price DECIMAL(10,2) NOT NULL CHECK (unit_price >= 0),
          amount DECIMAL(10,2) GENERATED ALWAYS AS (round(quantity * unit_price, 2)) VIRTUAL,
          PRIMARY KEY (order_id, line_number)
        );
        CREATE TABLE deliveries (
          id UUID PRIMARY KEY NOT NULL CHECK (length(id) = 36),
          order_id INTEGER NOT NULL UNIQUE REFERENCES orders (id) ON DELETE CASCADE,
          driver_id INTEGER REFERENCES employees (id) ON DELETE SET NULL,
          address VARCHAR(200) NOT NULL,
          distance_km REAL CHECK (distance_km >= 0),
          left_at DATETIME,
          arrived_at DATETIME,
          status VARCHAR(10) NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'on the way', 'arrived', 'failed'))
        );
        CREATE TABLE returns (
          id INTEGER PRIMARY KEY,
          order_id INTEGER NOT NULL,
          line_number INTEGER NOT NULL,
          quantity INTEGER NOT NULL CHECK (quantity > 0),
          reason VARCHAR(20) NOT NULL CHECK (reason IN ('stale', 'burnt', 'wrong product', 'too many')),
          returned_on DATE NOT NULL,
          FOREIGN KEY (order_id, line_number) REFERENCES order_lines (order_id, line_number) ON DELETE CASCADE
        );
        """;

    // Made after the records, which is faster than keeping them up.
    public const string Indexes = """
        CREATE INDEX ingredients_supplier ON ingredients (supplier_id);
        CREATE INDEX products_category ON products (category_id);
        CREATE INDEX recipe_ingredients_ingredient ON recipe_ingredients (ingredient_id);
        CREATE INDEX employees_manager ON employees (manager_id);
        CREATE INDEX employees_shop ON employees (shop_code);
        CREATE INDEX employees_name ON employees (last_name, first_name);
        CREATE INDEX customers_name ON customers (name);
        CREATE INDEX orders_customer ON orders (customer_id);
        CREATE INDEX orders_employee ON orders (employee_id);
        CREATE INDEX orders_shop ON orders (shop_code);
        CREATE INDEX orders_ordered_at ON orders (ordered_at);
        CREATE INDEX orders_status ON orders (status);
        CREATE INDEX order_lines_product ON order_lines (product_id);
        CREATE INDEX deliveries_driver ON deliveries (driver_id);
        CREATE INDEX returns_line ON returns (order_id, line_number);
        CREATE VIEW daily_sales AS
          SELECT date(o.ordered_at) AS day, count(DISTINCT o.id) AS orders, sum(l.quantity) AS pieces, round(sum(l.amount), 2) AS revenue
          FROM orders o JOIN order_lines l ON l.order_id = o.id
          WHERE o.status <> 'cancelled'
          GROUP BY date(o.ordered_at);
        """;
}
